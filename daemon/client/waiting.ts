import { HoldfastError } from '../protocol/errors';
import { TerminalSnapshot } from '../protocol/terminals';
import { DEFAULT_WAIT_MS, TerminalWait, type WaitCondition } from '../protocol/waits';
import type { Connection } from './connection';

/** Between two attempts to reach a daemon, each of which takes its own time. */
const AGAIN_MS = 50;

/**
 * A wait that outlives daemons: when the connection breaks, the next daemon is asked for the time that is left.
 * @throws HoldfastError as TerminalWait; DAEMON_UNAVAILABLE when none comes back
 */
export const waitFor = async (
  connection: Connection,
  params: TerminalWait.Params,
): Promise<TerminalWait.Result> => {
  const began = performance.now();
  const timeoutMs = params.timeoutMs ?? DEFAULT_WAIT_MS;
  for (;;) {
    const elapsed = Math.round(performance.now() - began);
    const left = Math.max(0, timeoutMs - elapsed);
    try {
      const result = await connection.call(
        TerminalWait.type,
        { ...params, timeoutMs: left },
        { isOnce: true },
      );
      return { ...result, elapsedMs: result.elapsedMs + elapsed };
    } catch (error) {
      const isOver = connection.state === 'closed' || performance.now() - began >= timeoutMs;
      if (isOver || HoldfastError.from(error).code !== 'DAEMON_UNAVAILABLE') {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
};

/** What a screen is waited for with. */
export interface Settling {
  /** First something visible has to have changed since this revision. */
  readonly since?: string;
  /** Then nothing visible for so long. */
  readonly settleMs?: number;
  /** For both; DEFAULT_WAIT_MS unless given. */
  readonly timeoutMs?: number;
}

/** How a screen that was waited for came: `timeout` and `exited` are as far as it got. */
export type ScreenOutcome = 'immediate' | 'changed' | 'settled' | 'timeout' | 'exited';

/** A screen, once it is as wanted, or as it is then. @throws HoldfastError as TerminalWait and TerminalSnapshot */
export const settledScreen = async (
  connection: Connection,
  params: TerminalSnapshot.Params,
  { since, settleMs, timeoutMs = DEFAULT_WAIT_MS }: Settling,
): Promise<Omit<TerminalSnapshot.Result, 'outcome'> & { readonly outcome: ScreenOutcome }> => {
  const began = performance.now();
  const steps: readonly (readonly [WaitCondition, ScreenOutcome])[] = [
    ...(since === undefined ? [] : [[{ kind: 'change', revision: since }, 'changed'] as const]),
    ...(settleMs === undefined ? [] : [[{ kind: 'settle', ms: settleMs }, 'settled'] as const]),
  ];
  let outcome: ScreenOutcome = 'immediate';
  for (const [condition, met] of steps) {
    const left = Math.max(0, timeoutMs - Math.round(performance.now() - began));
    const wait = await waitFor(connection, {
      target: params.target,
      conditions: [condition],
      timeoutMs: left,
    });
    outcome = wait.outcome === 'matched' ? met : wait.outcome;
    if (wait.outcome !== 'matched') {
      break;
    }
  }
  return { ...(await connection.call(TerminalSnapshot.type, params)), outcome };
};
