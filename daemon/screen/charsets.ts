import { Terminal } from '@xterm/headless';
import { type Charset, coreOf } from './xtermInternals';

/** Finals of the character sets xterm.js knows (src/common/data/Charsets.ts); `B` is US-ASCII, its default. */
const FINALS = '0A45RQKYE6ZH7=';

let names: Map<Charset, string> | undefined;

/** The final byte that designates a character set (ESC ( final), `B` for none. */
export const designator = (charset: Charset | undefined): string => {
  if (charset === undefined) {
    return 'B';
  }
  names ??= learnNames();
  return names.get(charset) ?? 'B';
};

/** xterm.js keeps only the tables; they are shared by all terminals of a process, so one can be asked. */
const learnNames = (): Map<Charset, string> => {
  const terminal = new Terminal({ allowProposedApi: true, cols: 2, rows: 1, scrollback: 0 });
  const core = coreOf(terminal);
  const learnt = new Map<Charset, string>();
  for (const final of FINALS) {
    core._inputHandler.parse(Buffer.from(`\x1b(${final}`));
    const charset = core._charsetService._charsets[0];
    if (charset !== undefined && !learnt.has(charset)) {
      learnt.set(charset, final);
    }
  }
  terminal.dispose();
  return learnt;
};

/** The characters to send so that, through the character set in force, exactly `text` is printed. */
export const throughCharset = (text: string, charset: Charset | undefined): string => {
  if (charset === undefined) {
    return text;
  }
  return [...text]
    .map((character) => {
      if (charset[character] === undefined) {
        return character;
      }
      return Object.keys(charset).find((key) => charset[key] === character) ?? character;
    })
    .join('');
};
