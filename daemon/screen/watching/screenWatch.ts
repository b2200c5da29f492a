import { Disposable, toDisposable } from '../../lifecycle/lifecycle';
import type { Offset } from '../../protocol/ids';
import type { WaitMatch } from '../../protocol/waits';
import type { Mirror } from '../mirror';
import { modesOf } from '../screenState';
import type { ScreenCondition, WatchParams, WatchResult } from './conditions';
import { Echoes, overlapsAny } from './echoes';
import { all, type Finder, regexFinder, textFinder } from './finder';
import { type Baseline, type Fresh, FreshLines } from './freshLines';
import { placeOf, type ScreenLine, viewFrom } from './lineView';

/** In a flood the screen is looked at so often: sooner than anybody notices, and seldom enough to cost little. */
const EVERY_MS = 5;
/**
 * A program that draws its screen in one step (mode 2026) is waited for so long, as terminals do: contour-terminal.org/vt-extensions/synchronized-output
 * leaves the time open, and emulators take 150 ms to 1 s.
 */
const SYNCHRONIZED_MS = 1000;

/** Looks for one thing in what is new. */
interface Search {
  readonly find: Finder;
  readonly fresh: FreshLines;
  readonly echoes: Echoes;
}

/** Watches one mirror until a condition is met. */
export class ScreenWatch extends Disposable {
  private readonly _searches = new Map<ScreenCondition, Search>();
  private readonly _seesScreen: boolean;
  private _timer: NodeJS.Timeout | undefined;
  private _lookedAt = Number.NEGATIVE_INFINITY;
  private _outputAt = performance.now();
  private _changedAt = performance.now();
  private _offset: Offset;
  private _visible: ReturnType<Mirror['visible']> | undefined;
  private _synchronizedSince: number | undefined;
  private _isOver = false;

  /** @throws HoldfastError INVALID_INPUT for a regular expression that is none */
  public constructor(
    private readonly _mirror: Mirror,
    private readonly _params: WatchParams,
    baseline: Baseline | undefined,
    private readonly _done: (result: WatchResult) => void,
  ) {
    super();
    const { conditions, typed } = _params;
    for (const condition of conditions) {
      if (condition.kind === 'text' || condition.kind === 'regex') {
        const find = condition.kind === 'text' ? textFinder(condition.text) : regexFinder(condition.regex);
        const fresh = new FreshLines(baseline, _mirror.watchable.lines.length);
        this._searches.set(condition, { find, fresh, echoes: new Echoes(typed, find) });
      }
    }
    this._seesScreen = conditions.some(({ kind }) => kind === 'settle' || kind === 'change');
    this._offset = _mirror.offset;
    this._visible = this._seesScreen ? _mirror.visible() : undefined;
    this._register(_mirror.onParsed(() => this._parsed()));
    this._register(
      toDisposable(() => {
        clearTimeout(this._timer);
        this._end(undefined);
      }),
    );
    this._look();
  }

  /** Nothing more will come: looks at what there is a last time. */
  public finish(): void {
    this._synchronizedSince = Number.NEGATIVE_INFINITY;
    this._look();
    this._end(undefined);
  }

  private _parsed(): void {
    if (this._mirror.offset !== this._offset) {
      this._offset = this._mirror.offset;
      this._outputAt = performance.now();
    }
    this._lookIn(Math.max(0, this._lookedAt + EVERY_MS - performance.now()));
  }

  private _lookIn(ms: number): void {
    if (!this._isOver) {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this._look(), ms);
    }
  }

  private _look(): void {
    if (this._isOver) {
      return;
    }
    this._lookedAt = performance.now();
    const wait = this._synchronizedFor();
    if (wait > 0) {
      this._changedAt = this._lookedAt;
      this._lookIn(wait);
      return;
    }
    this._see();
    let next = Number.POSITIVE_INFINITY;
    for (const [index, condition] of this._params.conditions.entries()) {
      const met = this._meets(condition);
      if (typeof met === 'object') {
        this._end({ index, match: met });
        return;
      }
      next = Math.min(next, met);
    }
    if (next < Number.POSITIVE_INFINITY) {
      this._lookIn(Math.max(1, Math.ceil(next)));
    }
  }

  /** How long the screen is not to be looked at yet: its program is still drawing. */
  private _synchronizedFor(): number {
    if (!modesOf(this._mirror.emulator).synchronizedOutput) {
      this._synchronizedSince = undefined;
      return 0;
    }
    this._synchronizedSince ??= this._lookedAt;
    return this._synchronizedSince + SYNCHRONIZED_MS - this._lookedAt;
  }

  private _see(): void {
    if (!this._seesScreen) {
      return;
    }
    const visible = this._mirror.visible();
    if (visible.hash !== this._visible?.hash) {
      this._changedAt = this._lookedAt;
    }
    this._visible = visible;
  }

  /** What has met it, or in how many milliseconds it may be met although nothing happens. */
  private _meets(condition: ScreenCondition): WaitMatch | number {
    const never = Number.POSITIVE_INFINITY;
    switch (condition.kind) {
      case 'text':
      case 'regex':
        return this._found(condition) ?? never;
      case 'gone':
        return shows(this._mirror, condition.text) ? never : {};
      case 'change':
        return this._visible?.revision === condition.revision ? never : {};
      case 'idle':
        return due(this._outputAt + condition.ms - this._lookedAt);
      case 'settle':
        return due(this._changedAt + condition.ms - this._lookedAt);
      case 'prompt':
        return (this._mirror.promptAt ?? 0) > this._params.promptsAfter ? {} : never;
      case 'bell':
        return this._mirror.bellAt > this._params.bellsAfter ? {} : never;
      default:
        return never;
    }
  }

  private _found(condition: ScreenCondition): WaitMatch | undefined {
    const search = this._searches.get(condition);
    if (search === undefined) {
      return undefined;
    }
    const fresh = search.fresh.read(this._mirror.watchable);
    return foundAbove(search, fresh) ?? foundOnScreen(search, fresh.screen);
  }

  private _end(result: WatchResult): void {
    if (!this._isOver) {
      this._isOver = true;
      clearTimeout(this._timer);
      this._done(result);
    }
  }
}

const shows = ({ watchable }: Mirror, text: string): boolean =>
  viewFrom(watchable, watchable.lines.length).screen.some((line) => line.text.includes(text));

const due = (inMs: number): WaitMatch | number => (inMs <= 0 ? {} : inMs);

/** Lines that have left the screen are looked at once, with what follows them on it. */
const foundAbove = ({ find, echoes }: Search, { above, screen }: Fresh): WaitMatch | undefined => {
  if (above.length === 0) {
    return undefined;
  }
  const text = above.join('\n');
  const whole = [text, ...screen.map((line) => line.text)].join('\n');
  const spans = echoes.in(whole);
  for (const span of all(find, whole)) {
    if (span.start < text.length && !overlapsAny(span, spans)) {
      return { text: whole.slice(span.start, span.end) };
    }
  }
  echoes.seen(text);
  return undefined;
};

const foundOnScreen = ({ find, echoes }: Search, screen: readonly ScreenLine[]): WaitMatch | undefined => {
  const text = screen.map((line) => line.text).join('\n');
  const spans = echoes.in(text);
  for (const span of all(find, text)) {
    if (!overlapsAny(span, spans)) {
      return { text: text.slice(span.start, span.end), ...placeIn(screen, span.start) };
    }
  }
  return undefined;
};

const placeIn = (screen: readonly ScreenLine[], index: number): Pick<WaitMatch, 'row' | 'col'> => {
  let before = 0;
  for (const line of screen) {
    if (index <= before + line.text.length) {
      return placeOf(line, index - before) ?? {};
    }
    before += line.text.length + 1;
  }
  return {};
};
