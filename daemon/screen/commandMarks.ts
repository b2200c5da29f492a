import type { IMarker, Terminal } from '@xterm/headless';
import { DisposableStore } from '../lifecycle/lifecycle';
import { coreOf, type Line } from './xtermInternals';

/** Where a shell said that a prompt, a command or its output begins or ends: an OSC 633, 133 or 7 in a row. */
export interface CommandMark {
  readonly column: number;
  /** What stands between OSC and ST. */
  readonly payload: string;
}

export type RowMarks = ReadonlyMap<Line, readonly CommandMark[]>;

export const NO_MARKS: RowMarks = new Map();

/** The sequence that sets a mark where the cursor stands. */
export const markSequence = ({ payload }: CommandMark): string => `\x1b]${payload}\x1b\\`;

/** Bounds against output made to fill memory: a screen of prompts has a few hundred marks. */
const MAX_MARKS = 2000;
const MAX_PAYLOAD = 16 * 1024;
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Which payloads are marks: of VS Code's sequences (code.visualstudio.com/docs/terminal/shell-integration) A–I
 * with the command line (E), the folder and SetMark; of FinalTerm's A–D, I, N, P; and OSC 7, the folder.
 */
const MARK = /^(?:633;(?:([A-I])(?:;|$)|P;(C)wd=|SetMark(?:;|$))|133;([A-DINP])(?:;|$)|(7);)/;

/** What a repeated mark takes the place of: shells print a prompt again and again while its line is edited. */
const REPLACED: Readonly<Record<string, string>> = {
  A: 'ABFGHINP',
  N: 'ABFGHINP',
  B: 'B',
  E: 'E',
  // The folder, by OSC 633 and by OSC 7.
  C633: 'C633',
  '7': '7',
};

interface LiveMark extends CommandMark {
  readonly marker: IMarker;
  readonly kind: string;
}

/** Follows the marks of the rows of a terminal's normal buffer, wherever they move, as VS Code does. */
export class CommandMarks extends DisposableStore {
  /** In the order of their arrival. */
  private _marks: LiveMark[] = [];
  /** Of all payloads. */
  private _characters = 0;
  private readonly _terminal: Terminal;
  /** How many prompts have been drawn. */
  public prompts = 0;

  public constructor(terminal: Terminal) {
    super();
    this._terminal = terminal;
    for (const code of [7, 133, 633]) {
      this.add(
        terminal.parser.registerOscHandler(code, (data) => {
          this._heard(`${code};${data}`);
          return false;
        }),
      );
    }
    this.add(
      terminal.parser.registerEscHandler({ final: 'c' }, () => {
        this.forget();
        return false;
      }),
    );
  }

  /** Whether the shell has drawn a prompt and nothing that was entered there runs. */
  public get isAtPrompt(): boolean {
    return this._marks.findLast(({ kind }) => kind === 'B' || kind === 'C' || kind === 'D')?.kind === 'B';
  }

  public get isEmpty(): boolean {
    return this._marks.length === 0;
  }

  /** Of one row of the normal buffer, counted from its first one. */
  public at(row: number): readonly CommandMark[] {
    return this._marks.length === 0 ? [] : this._marks.filter(({ marker }) => marker.line === row);
  }

  /** What stands behind the newest prompt in its row; undefined when that has left the normal screen. */
  public get entered(): string | undefined {
    const mark = this._marks.findLast(({ kind }) => kind === 'B');
    if (mark === undefined || mark.marker.line < 0) {
      return undefined;
    }
    const { lines } = coreOf(this._terminal)._bufferService.buffers.normal;
    return lines.get(mark.marker.line)?.translateToString(true, mark.column).trimEnd();
  }

  public get rows(): RowMarks {
    const { lines } = coreOf(this._terminal)._bufferService.buffers.normal;
    const rows = new Map<Line, CommandMark[]>();
    for (const mark of this._marks) {
      const line = mark.marker.line < 0 ? undefined : lines.get(mark.marker.line);
      if (line !== undefined) {
        rows.set(line, [...(rows.get(line) ?? []), mark]);
      }
    }
    return rows;
  }

  /** Takes the marks of rows that were just put at the top of the normal buffer. */
  public adopt(lines: readonly Line[], marks: RowMarks): void {
    const { normal } = coreOf(this._terminal)._bufferService.buffers;
    const adopted = lines.flatMap((line, row) =>
      (marks.get(line) ?? []).map(({ column, payload }) => ({
        column,
        payload,
        kind: kindOf(payload) ?? '',
        marker: normal.addMarker(row),
      })),
    );
    if (adopted.length > 0) {
      const own = this._marks;
      this._marks = [...adopted, ...own];
      for (const mark of adopted) {
        this._watch(mark);
      }
    }
  }

  /** Forgets them all. */
  public forget(): void {
    for (const { marker } of [...this._marks]) {
      marker.dispose();
    }
  }

  private _heard(payload: string): void {
    const kind = payload.length > MAX_PAYLOAD ? undefined : kindOf(payload);
    const { active, normal } = coreOf(this._terminal)._bufferService.buffers;
    if (kind === undefined || active !== normal) {
      return;
    }
    this.prompts += kind === 'B' ? 1 : 0;
    this._dropReplaced(kind);
    const mark: LiveMark = {
      column: normal.x,
      payload,
      kind,
      marker: normal.addMarker(normal.ybase + normal.y),
    };
    this._marks.push(mark);
    this._watch(mark);
    while (this._marks.length > MAX_MARKS || this._characters > MAX_CHARACTERS) {
      this._marks[0]?.marker.dispose();
    }
  }

  private _watch(mark: LiveMark): void {
    this._characters += mark.payload.length;
    mark.marker.onDispose(() => {
      const index = this._marks.indexOf(mark);
      if (index >= 0) {
        this._marks.splice(index, 1);
        this._characters -= mark.payload.length;
      }
    });
  }

  /** Of the prompt that is open: what was said before its command began, or the last one ended, stays. */
  private _dropReplaced(kind: string): void {
    const replaced = REPLACED[kind];
    if (replaced === undefined) {
      return;
    }
    for (let index = this._marks.length - 1; index >= 0; index--) {
      const mark = this._marks[index];
      if (mark === undefined || mark.kind === 'C' || mark.kind === 'D') {
        return;
      }
      if (mark.kind === replaced || (replaced !== 'C633' && replaced.includes(mark.kind))) {
        mark.marker.dispose();
      }
    }
  }
}

/** A letter, '7', 'C633' for the folder, '' for a mark that stands for itself, undefined for what is no mark. */
const kindOf = (payload: string): string | undefined => {
  const match = MARK.exec(payload);
  if (match === null) {
    return undefined;
  }
  return match[1] ?? (match[2] === undefined ? (match[3] ?? match[4] ?? '') : 'C633');
};
