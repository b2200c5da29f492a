import { setTimeout as sleep } from 'node:timers/promises';
import type { TerminalRefresh } from '../protocol/terminals';

/** In a flood no screen fits; where little is written, one of these does. */
const ATTEMPTS = 3;
/** Output that a screen knows of already is on its way, or waits to be taken, for some milliseconds. */
const REACH_MS = 50;
const LOOK_EVERY_MS = 2;

export interface ScreenInPlaceHost {
  /** Rows of scrollback that a screen brings; all there are when undefined. */
  history(reason: 'redraw' | 'caught-up'): number | undefined;
  refresh(history: number | undefined): Promise<TerminalRefresh.Result>;
  /** How what has been shown, and taken, stands to what a screen at this offset shows. */
  standsTo(offset: number): 'before' | 'at' | 'behind';
  /** Whether the screen is still wanted. */
  isWanted(): boolean;
}

/**
 * A screen to show in place of the one that is there, the rows above which stay. One that is of another moment than what
 * has been shown so far would leave out the rows that have scrolled out in between, or repeat them: where none can be had
 * that is of the same, one with the whole scrollback.
 * @returns undefined when it is no longer wanted @throws what `refresh` throws
 */
export const screenInPlace = async (
  host: ScreenInPlaceHost,
): Promise<
  { readonly reason: 'redraw' | 'caught-up'; readonly screen: TerminalRefresh.Result } | undefined
> => {
  for (let attempt = 1; ; attempt++) {
    const reason = attempt < ATTEMPTS ? 'redraw' : 'caught-up';
    const history = host.history(reason);
    const screen = await host.refresh(history);
    const fits = history !== 0 || attempt === ATTEMPTS || (await isReached(host, screen.offset));
    if (!host.isWanted()) {
      return undefined;
    }
    if (fits) {
      return { reason, screen };
    }
  }
};

const isReached = async (host: ScreenInPlaceHost, offset: number): Promise<boolean> => {
  for (const deadline = performance.now() + REACH_MS; host.isWanted(); await sleep(LOOK_EVERY_MS)) {
    const stands = host.standsTo(offset);
    if (stands !== 'before' || performance.now() > deadline) {
      return stands === 'at';
    }
  }
  return false;
};
