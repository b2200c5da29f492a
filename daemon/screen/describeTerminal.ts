import type { Terminal } from '@xterm/headless';
import { designator } from './charsets';
import { contentAt, type LinkLookup, lookAt, textAt, usedLength } from './rowWriter';
import { cleanColor, type Look, lookOfPen } from './sgr';
import { Bg, type Buffer, type Core, coreOf, type Line } from './xtermInternals';

/** Everything a terminal shows and remembers, as plain values that two terminals can be compared by. */
export const describeTerminal = (terminal: Terminal): Record<string, unknown> => {
  const core = coreOf(terminal);
  const { normal, alt, active } = core._bufferService.buffers;
  const input = core._inputHandler;
  const modes = core.coreService.decPrivateModes;
  return {
    size: [terminal.cols, terminal.rows],
    active: active === alt ? 'alternate' : 'normal',
    cursor: [active.x, active.y],
    pen: describeLook(lookOfPen(input._curAttrData), linksOf(core)),
    join: input._parser.precedingJoinState,
    parser: input._parser.currentState,
    normal: describeBuffer(core, normal),
    alternate: active === alt ? describeBuffer(core, alt) : describeSaved(core, alt),
    modes: { ...modes, synchronizedOutput: false },
    insert: core.coreService.modes.insertMode,
    hidden: core.coreService.isCursorHidden,
    mouse: [core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding],
    options: [core.optionsService.rawOptions.convertEol, core.optionsService.rawOptions.cursorBlink],
    charset: [
      designator(core._charsetService.charset),
      core._charsetService.glevel,
      [0, 1, 2, 3].map((level) => designator(core._charsetService._charsets[level])),
    ],
    titles: [input._windowTitle, input._iconName, input._windowTitleStack, input._iconNameStack],
  };
};

const describeBuffer = (core: Core, buffer: Buffer): Record<string, unknown> => {
  const rows: string[] = [];
  // Whether the first row wrapped is nobody's to know.
  for (let index = 0; index < buffer.lines.length; index++) {
    const line = buffer.lines.get(index);
    if (line !== undefined) {
      rows.push(`${line.isWrapped && index > 0 ? '↪' : ''}${describeRow(line, linksOf(core))}`);
    }
  }
  return {
    rows,
    ybase: buffer.ybase,
    region: [buffer.scrollTop, buffer.scrollBottom],
    tabs: Object.keys(buffer.tabs)
      .map(Number)
      .filter((column) => buffer.tabs[column] === true && column < (buffer.lines.get(0)?.length ?? 0)),
    saved: describeSaved(core, buffer),
  };
};

const describeSaved = (core: Core, buffer: Buffer): unknown[] => {
  const { savedCurAttrData: pen, savedX, savedY, ybase } = buffer;
  const size = core._bufferService.buffers.normal.lines.get(0)?.length ?? 1;
  return [
    Math.min(savedX, size - 1),
    // A row beyond the last one is restored as that.
    Math.min(Math.max(savedY - ybase, 0), core._bufferService.rows - 1),
    cleanColor(pen.fg),
    cleanColor(pen.bg & ~Bg.HAS_EXTENDED),
    designator(buffer.savedCharset),
  ];
};

/** One row as text: runs of cells with the same look. */
export const describeRow = (line: Line, linkData: LinkLookup): string => {
  const cells: string[] = [];
  let last = '';
  const end = usedLength(line);
  for (let column = 0; column < end; column++) {
    const look = describeLook(lookAt(line, column), linkData);
    if (look !== last) {
      cells.push(`{${look}}`);
      last = look;
    }
    const text = textAt(line, column);
    cells.push(`${text === '' ? (contentAt(line, column) >>> 22 === 0 ? '‹' : '·') : text}`);
  }
  return cells.join('');
};

const linksOf =
  (core: Core): LinkLookup =>
  (id) =>
    core._oscLinkService.getLinkData(id);

const describeLook = (look: Look, linkData: LinkLookup): string => {
  const link = look.link === 0 ? undefined : linkData(look.link);
  return `${look.fg.toString(16)},${look.bg.toString(16)},${look.ext.toString(16)}${link === undefined ? '' : `,${link.id ?? ''}:${link.uri}`}`;
};
