import type { Emulator } from './emulator';

/** Programs may write titles of megabytes, which would be stored, listed and sent to every client. */
const TITLE_LIMIT = 4096;

/** As much of a title as is kept, without half a character at its end. */
export const keptTitle = (title: string): string =>
  title.length <= TITLE_LIMIT ? title : title.slice(0, TITLE_LIMIT).replace(/[\ud800-\udbff]$/, '');

/** What a shell said of itself, in front of the commands it holds for. */
export const properties = ({ tracked }: Emulator): string =>
  [...tracked.properties].map(([name, value]) => `\x1b]633;P;${name}=${value}\x1b\\`).join('');

/** Titles and their stack, the palette: what no drawing depends on. */
export const titleAndColors = (emulator: Emulator): string => {
  const input = emulator.core._inputHandler;
  const { tracked } = emulator;
  const parts: string[] = [];
  const title = (kind: 1 | 2, text: string): string => `\x1b]${kind};${keptTitle(text)}\x1b\\`;
  for (const [kind, stack] of [
    [2, input._windowTitleStack],
    [1, input._iconNameStack],
  ] as const) {
    for (const text of stack) {
      parts.push(title(kind, text), `\x1b[22;${kind}t`);
    }
  }
  if (input._iconName !== '' || input._iconNameStack.length > 0) {
    parts.push(title(1, input._iconName));
  }
  if (input._windowTitle !== '' || input._windowTitleStack.length > 0) {
    parts.push(title(2, input._windowTitle));
  }
  for (const [index, rgb] of tracked.colors) {
    const value = `rgb:${rgb.map((channel) => channel.toString(16).padStart(2, '0')).join('/')}`;
    parts.push(index < 256 ? `\x1b]4;${index};${value}\x1b\\` : `\x1b]${index - 246};${value}\x1b\\`);
  }
  if (tracked.progress !== undefined) {
    parts.push(`\x1b]9;${tracked.progress}\x1b\\`);
  }
  return parts.join('');
};

/** OSC 7 and OSC 633 ; P ; Cwd, unless the marks in the rows written before say the same. */
export const folders = ({ tracked }: Emulator, above: Buffer, before: string): string =>
  [
    ['\x1b]7;', tracked.folderUri],
    ['\x1b]633;P;Cwd=', tracked.folder],
  ]
    .map(([start = '', folder]) => {
      if (folder === undefined) {
        return '';
      }
      const sequence = `${start}${folder}\x1b\\`;
      const last = before.lastIndexOf(start);
      if (last >= 0) {
        return before.startsWith(sequence, last) ? '' : sequence;
      }
      const lastAbove = above.lastIndexOf(start);
      const there = above.subarray(Math.max(0, lastAbove), lastAbove + Buffer.byteLength(sequence));
      return lastAbove >= 0 && there.equals(Buffer.from(sequence)) ? '' : sequence;
    })
    .join('');

const MOUSE_PROTOCOL: Readonly<Record<string, number>> = { X10: 9, VT200: 1000, DRAG: 1002, ANY: 1003 };
const MOUSE_ENCODING: Readonly<Record<string, number>> = { SGR: 1006, SGR_PIXELS: 1016 };

/** Modes, after everything is drawn. Synchronized output (2026) would freeze the reader: never. */
export const lateModes = (emulator: Emulator): string => {
  const { core, tracked } = emulator;
  const modes = core.coreService.decPrivateModes;
  const options = core.optionsService.rawOptions;
  const on = (isOn: boolean, sequence: string): string => (isOn ? sequence : '');
  const mouse = MOUSE_PROTOCOL[core.coreMouseService.activeProtocol];
  const encoding = MOUSE_ENCODING[core.coreMouseService.activeEncoding];
  return [
    ...[...tracked.modes].map(([mode, isSet]) => `\x1b[?${mode}${isSet ? 'h' : 'l'}`),
    ...[...tracked.modifyKeys].map(([resource, value]) => `\x1b[>${resource};${value}m`),
    on(modes.applicationCursorKeys, '\x1b[?1h'),
    on(modes.applicationKeypad, '\x1b='),
    on(modes.bracketedPasteMode, '\x1b[?2004h'),
    on(modes.reverseWraparound, '\x1b[?45h'),
    on(modes.sendFocus, '\x1b[?1004h'),
    mouse === undefined ? '' : `\x1b[?${mouse}h`,
    encoding === undefined ? '' : `\x1b[?${encoding}h`,
    cursorStyle(modes),
    on(options.cursorBlink, '\x1b[?12h'),
    on(core.coreService.isCursorHidden, '\x1b[?25l'),
    on(core.coreService.modes.insertMode, '\x1b[4h'),
    on(options.convertEol, '\x1b[20h'),
    on(!modes.wraparound, '\x1b[?7l'),
    on(modes.origin, '\x1b[?6h'),
  ].join('');
};

/** DECSCUSR: odd blinks, even does not. */
const cursorStyle = (modes: {
  readonly cursorStyle: 'block' | 'underline' | 'bar' | undefined;
  readonly cursorBlink: boolean | undefined;
}): string => {
  if (modes.cursorStyle === undefined) {
    return '';
  }
  const shape = { block: 1, underline: 3, bar: 5 }[modes.cursorStyle];
  return `\x1b[${modes.cursorBlink === true ? shape : shape + 1} q`;
};
