import { Terminal } from '@xterm/headless';
import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import type { Size } from '../protocol/model';
import type { ThemeColors } from '../protocol/terminals';
import { useUnicode11 } from './characterWidths';
import { CommandMarks } from './commandMarks';
import { FastForward } from './fastForward';
import { adoptLinks, type TakenRows } from './historyRows';
import { type HistoryTap, type TrimListener, tapHistory } from './historyTap';
import { boundMemory } from './memoryBounds';
import { OpenSequence, partialCharacter } from './openSequence';
import { QueryAnswers, type Rgb } from './queryAnswers';
import { queryEnds } from './queryEnds';
import { boundRepetitions } from './repetitions';
import { BLANK, widthAt } from './rowWriter';
import { ShellMarks } from './shellMarks';
import { folderOf, StateTracker } from './trackedState';
import { CELL_WORDS, type Core, coreOf, type Lines } from './xtermInternals';

/** So much is parsed before it is tried again whether lines can be passed over; each time in vain, twice as much. */
const FIRST_BLOCK_BYTES = 2048;
const LINE_FEED = 0x0a;

/** Parsed: `position` is how many bytes of the fed chunk stood before the end of the query. */
export interface Answer {
  readonly position: number;
  readonly bytes: Buffer;
}

/**
 * One terminal as an emulator, fed with bytes and parsed at once: xterm's own write queue is asynchronous
 * and would leave open what has been parsed when a snapshot is taken.
 */
export class Emulator extends Disposable {
  public readonly terminal: Terminal;
  public readonly core: Core;
  public readonly tracked: StateTracker;
  public readonly marks: CommandMarks;
  public readonly shell: ShellMarks;
  public readonly tap: HistoryTap;
  public readonly open = new OpenSequence();
  private readonly _onBell = this._register(new Emitter<void>());
  public readonly onBell = this._onBell.event;
  private readonly _onAnswer = this._register(new Emitter<Answer>());
  public readonly onAnswer = this._onAnswer.event;
  /** Bytes of a character whose rest has not come: xterm's decoder loses some when it is cut (…, “). */
  private _partial: Buffer = Buffer.alloc(0);
  private _answers = '';
  private readonly _forward: FastForward;
  private readonly _forgetLinks: () => void;
  private readonly _queryAnswers: QueryAnswers;

  /** @param nonce what the shell in it says with its marks */
  public constructor(size: Size, listener: TrimListener, nonce?: string) {
    super();
    this.terminal = new Terminal({
      allowProposedApi: true,
      cols: size.cols,
      rows: size.rows,
      // Rows that leave the screen are the history's.
      scrollback: 0,
      logLevel: 'off',
      // As VS Code's terminals do: what ED 2 takes off the screen goes into the scrollback.
      scrollOnEraseInDisplay: true,
      windowOptions: { pushTitle: true, popTitle: true, getWinSizeChars: true },
    });
    this._register(this.terminal);
    useUnicode11(this.terminal);
    this.core = coreOf(this.terminal);
    this._register(boundRepetitions(this.core));
    this._forgetLinks = boundMemory(this.core).forgetLinks;
    this.marks = this._register(new CommandMarks(this.terminal));
    this.tap = tapHistory(this.terminal, listener, this.marks);
    this._forward = new FastForward(this.core, this.tap, listener, this.marks);
    const answer = (text: string): void => {
      this._answers += text;
    };
    this._register(this.terminal.onData(answer));
    this._register(this.terminal.onBell(() => this._onBell.fire()));
    const answers = new QueryAnswers(this.terminal, () => this.tracked, answer);
    this._queryAnswers = this._register(answers);
    this.tracked = this._register(new StateTracker(this.terminal, (index) => answers.color(index)));
    this.shell = this._register(
      new ShellMarks(this.terminal, {
        nonce,
        folder: () => folderOf(this.tracked),
        entered: () => this.marks.entered,
      }),
    );
  }

  /** What is answered to those who ask for colours that no program has set. */
  public get theme(): ThemeColors | undefined {
    return this._queryAnswers.theme;
  }

  public set theme(theme: ThemeColors | undefined) {
    this._queryAnswers.theme = theme;
  }

  /** A colour as it is shown: as the program set it, else the theme's; 256 foreground, 257 background, 258 cursor. */
  public colorOf(index: number): Rgb {
    return this._queryAnswers.colorOf(index);
  }

  public get size(): Size {
    return { cols: this.terminal.cols, rows: this.terminal.rows };
  }

  /** What to write behind a snapshot so that the next byte means the same to its reader. */
  public get continuation(): Buffer {
    return Buffer.concat([this.open.continuation(this._parserState), this._partial]);
  }

  public feed(chunk: Buffer): void {
    const held = this._partial.length;
    const bytes = held === 0 ? chunk : Buffer.concat([this._partial, chunk]);
    const whole = bytes.length - partialCharacter(bytes);
    this._partial = Buffer.from(bytes.subarray(whole));
    let block = FIRST_BLOCK_BYTES;
    for (let at = 0; at < whole; ) {
      const passed = this._forward.pass(bytes, at, whole);
      if (passed > at) {
        at = passed;
        block = FIRST_BLOCK_BYTES;
      } else {
        const end = endOfBlock(bytes, at + block, whole);
        this._parseAnswering(bytes, at, end, held);
        at = end;
        block *= 2;
      }
    }
  }

  /** Bytes are missing: whatever was open is given up. */
  public breakOff(): void {
    this.core._inputHandler._parser.reset();
    this.open.clear();
    this._partial = Buffer.alloc(0);
  }

  /** Rows put back by `prepend` take part in it; whatever then stands above the screen leaves it again. */
  public resize(size: Size): void {
    const { normal } = this.core._bufferService.buffers;
    const options = this.core.optionsService.rawOptions;
    // xterm drops rows while it reflows; with room to spare they can be told to the history afterwards.
    options.scrollback = normal.lines.length * (Math.ceil(this.terminal.cols / size.cols) + 1) + size.rows;
    try {
      this.terminal.resize(size.cols, size.rows);
    } finally {
      options.scrollback = 0;
    }
    dropHalves(normal.lines, size.cols);
    this._release(normal.lines.length - size.rows);
    normal.lines.maxLength = size.rows;
  }

  /** Puts rows back above the first one, to be reflowed by the resize that has to follow. */
  public prepend({ rows, marks, linkData }: TakenRows): void {
    if (rows.length === 0) {
      return;
    }
    adoptLinks(rows, linkData, this.core._oscLinkService);
    const { normal } = this.core._bufferService.buffers;
    normal.lines.maxLength += rows.length;
    normal.lines.splice(0, 0, ...rows);
    normal.ybase += rows.length;
    normal.ydisp += rows.length;
    this.tap.onMoved(-rows.length);
    this.marks.adopt(rows, marks);
  }

  private get _parserState(): number {
    return this.core._inputHandler._parser.currentState;
  }

  private _release(surplus: number): void {
    if (surplus > 0) {
      const { normal } = this.core._bufferService.buffers;
      normal.lines.trimStart(surplus);
      normal.ybase -= surplus;
      normal.ydisp = Math.max(normal.ydisp - surplus, 0);
      normal.savedY -= surplus;
    }
  }

  private _parseAnswering(bytes: Buffer, from: number, to: number, held: number): void {
    let at = from;
    for (const end of queryEnds(this.open.raw, bytes.subarray(from, to))) {
      this._parse(bytes.subarray(at, from + end), from + end - held);
      at = from + end;
    }
    this._parse(bytes.subarray(at, to), to - held);
  }

  private _parse(bytes: Buffer, position: number): void {
    if (bytes.length === 0) {
      return;
    }
    try {
      this.core._inputHandler.parse(bytes);
    } catch {
      // xterm.js 6.0 throws on a few absurd sequences (ED 1 on a one-row terminal); the mirror must live on.
      this.core._inputHandler._parser.reset();
    }
    this.open.follow(bytes, this._parserState);
    this._forgetLinks();
    if (this._answers !== '') {
      const text = this._answers;
      this._answers = '';
      this._onAnswer.fire({ position, bytes: Buffer.from(text) });
    }
  }
}

/**
 * A narrower terminal can cut a wide character in two at its edge: xterm.js 6.1 leaves an empty cell, as here, 6.0
 * a first half that reaches over the edge, which no output can draw.
 */
const dropHalves = (lines: Lines, cols: number): void => {
  for (let index = 0; index < lines.length; index++) {
    const line = lines.get(index);
    if (line !== undefined && line.length === cols && widthAt(line, cols - 1) === 2) {
      line._data.set([BLANK, 0, 0], (cols - 1) * CELL_WORDS);
    }
  }
};

/** Behind the first line feed from `least` on. */
const endOfBlock = (bytes: Buffer, least: number, end: number): number => {
  const feed = least < end ? bytes.indexOf(LINE_FEED, least) : -1;
  return feed < 0 ? end : Math.min(end, feed + 1);
};
