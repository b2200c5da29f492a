import type { Finder, Span } from './finder';
import { all, textFinder } from './finder';

/** Of what was typed; what is shorter is in so much text that leaving it out would hide answers. */
const SHORTEST = 2;

/**
 * Tells what a program has written from the echo of what was typed into it. Where a typed line has more than what is looked
 * for, each time that it is shown whole is an echo: shells show what was typed ahead twice. Where it is just what is
 * looked for, only the first time of each line typed is: the next is the answer.
 */
export class Echoes {
  /** How many times each line that is just what is looked for has been typed and not been seen yet. */
  private readonly _due = new Map<string, number>();
  private readonly _longer: readonly string[];

  /** @param typed lines, in their order, without their ends */
  public constructor(typed: readonly string[], find: Finder) {
    const longer = new Set<string>();
    for (const line of typed.map((each) => each.trim()).filter((each) => each.length >= SHORTEST)) {
      const found = find(line, 0);
      if (found === undefined) {
        continue;
      }
      if (found.start === 0 && found.end === line.length) {
        this._due.set(line, (this._due.get(line) ?? 0) + 1);
      } else {
        longer.add(line);
      }
    }
    this._longer = [...longer];
  }

  /** Where `text` shows what was typed. */
  public in(text: string): readonly Span[] {
    const spans = this._longer.flatMap((line) => [...all(textFinder(line), text)]);
    for (const [line, count] of this._due) {
      let left = count;
      for (const span of all(textFinder(line), text)) {
        if (left > 0 && !overlapsAny(span, spans)) {
          spans.push(span);
          left--;
        }
      }
    }
    return spans;
  }

  /** Text that will not be looked at again has shown these. */
  public seen(text: string): void {
    for (const [line, count] of [...this._due]) {
      const shown = [...all(textFinder(line), text)].length;
      this._due.set(line, Math.max(0, count - shown));
    }
  }
}

export const overlapsAny = ({ start, end }: Span, spans: readonly Span[]): boolean =>
  spans.some((other) => start < other.end && other.start < end);
