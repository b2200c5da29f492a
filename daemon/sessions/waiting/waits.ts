import { type IDisposable, toDisposable } from '../../lifecycle/lifecycle';
import { HoldfastError } from '../../protocol/errors';
import { offset, type TerminalId } from '../../protocol/ids';
import type { TerminalSnapshot } from '../../protocol/terminals';
import {
  DEFAULT_WAIT_MS,
  type TerminalWait,
  type WaitCondition,
  type WaitMatch,
  type WaitOutcome,
} from '../../protocol/waits';
import { offsetOf } from '../../screen/revision';
import type { ScreenCondition } from '../../screen/watching/conditions';
import { withIntegration } from '../../shells/injection';
import type { CommandRow, TerminalRow } from '../../store/rows';
import type { CommandLog } from '../commandLog';
import type { HostCalls } from '../hostCalls';
import type { Parts } from '../parts';
import { reachableState } from '../reachable';
import type { Targets } from '../targets';
import type { TypedLog } from './typedLog';

/** A shell that has just been started says at its first prompt that it is integrated. */
const INTEGRATION_MS = 5000;
/** The last output of a program that has ended is looked at for so long. */
const LAST_LOOK_MS = 5000;

interface Matched {
  readonly outcome: 'matched';
  readonly index: number;
  readonly match: WaitMatch;
}

/** How a wait ended: by one of its conditions, or by what ends all of them. */
type Ending = Matched | { readonly outcome: Exclude<WaitOutcome, 'matched'> };

export interface WaitsParts {
  readonly parts: Pick<Parts, 'catalog' | 'hosts' | 'screens' | 'settings'>;
  readonly targets: Targets;
  readonly calls: HostCalls;
  readonly typed: TypedLog;
  readonly commands: Pick<CommandLog, 'endedUpTo' | 'lastEnded' | 'onDidEnd'>;
  readonly snapshot: (row: TerminalRow) => Promise<TerminalSnapshot.Result>;
  /** Makes sure that an ended terminal's screen has everything. */
  readonly prepare: (row: TerminalRow) => Promise<void>;
}

/** Waits for what terminals show and for what happens in them. */
export class Waits {
  /** Up to where bells and commands have been told to somebody who waited for them. */
  private readonly _told = new Map<TerminalId, { readonly offset: number; readonly command: number }>();

  public constructor(private readonly _with: WaitsParts) {}

  /** @param signal raised when nobody waits any more */
  public async wait(params: TerminalWait.Params, signal: AbortSignal): Promise<TerminalWait.Result> {
    const began = performance.now();
    const { parts, targets, snapshot } = this._with;
    const row = targets.resolveTerminal(params.target);
    const over = new AbortController();
    const { timeoutMs = DEFAULT_WAIT_MS, conditions } = params;
    const abort = (): void => over.abort();
    signal.addEventListener('abort', abort, { once: true });
    let timer: NodeJS.Timeout | undefined;
    try {
      const deadline = new Promise<Ending>((resolve) => {
        timer = setTimeout(() => resolve({ outcome: 'timeout' }), timeoutMs);
        over.signal.addEventListener('abort', () => resolve({ outcome: 'timeout' }), { once: true });
      });
      const ending = await Promise.race([this._first(row, params, over.signal), deadline]);
      const screen = await snapshot(row);
      if (ending.outcome === 'matched') {
        this._told.set(row.id, {
          offset: Math.max(offsetOf(screen.revision), this._told.get(row.id)?.offset ?? 0),
          command: this._with.commands.endedUpTo(row.id),
        });
      }
      const index = ending.outcome === 'matched' ? ending.index : null;
      return {
        session: screen.session,
        terminal: parts.catalog.terminal(row.id)?.name ?? row.name,
        outcome: ending.outcome,
        index,
        condition: index === null ? null : (conditions[index]?.kind ?? null),
        ...(ending.outcome === 'matched' ? { matched: ending.match } : {}),
        elapsedMs: Math.round(performance.now() - began),
        revision: screen.revision,
        ...(screen.exit === undefined ? {} : { exit: screen.exit }),
        screen,
      };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      over.abort();
    }
  }

  private async _first(row: TerminalRow, params: TerminalWait.Params, signal: AbortSignal): Promise<Ending> {
    const { conditions } = params;
    const isRunning = reachableState(row, this._with.parts) === 'running';
    if (isRunning && conditions.some(({ kind }) => kind === 'prompt' || kind === 'command')) {
      await this._integrated(row, signal);
    }
    const since = params.since === undefined ? undefined : offsetOf(params.since);
    const ended = this._ended(row, signal);
    const happened = conditions.map((condition, index) =>
      this._happens(row, condition, index, since, signal),
    );
    const watched = this._watched(row, params, { isRunning, since, signal });
    const first = await Promise.race([watched.then((ending) => ending ?? ended), ...happened, ended]);
    if (first.outcome !== 'exited') {
      return first;
    }
    // What it wrote last may be what was waited for.
    const last = await Promise.race([watched, ...happened, elapsed(LAST_LOOK_MS, watched)]);
    const exit = conditions.findIndex(({ kind }) => kind === 'exit');
    return last ?? (exit < 0 ? first : { outcome: 'matched', index: exit, match: {} });
  }

  /** @throws INTEGRATION_UNAVAILABLE for a terminal whose shell does not say that it is integrated */
  private async _integrated(row: TerminalRow, signal: AbortSignal): Promise<void> {
    const { catalog, settings } = this._with.parts;
    const isKnown = (): true | undefined =>
      catalog.terminal(row.id)?.state !== 'running' || catalog.terminal(row.id)?.isIntegrated === true
        ? true
        : undefined;
    const known = until(isKnown, (look) => catalog.onDidChange(look), signal);
    // What is started without it will never say so.
    const patience = isIntegrable(row, settings.shellsFolder) ? INTEGRATION_MS : 0;
    if (row.isIntegrated || (await Promise.race([known, elapsed(patience, known)]))) {
      return;
    }
    throw new HoldfastError(
      'INTEGRATION_UNAVAILABLE',
      'the terminal has no shell with shell integration: its prompts and commands are not known',
      "Wait for what is shown instead: 'holdfast wait --text TEXT' or '--settle MS'.",
    );
  }

  /** Resolves when its program has ended, or the terminal is gone. */
  private _ended({ id }: TerminalRow, signal: AbortSignal): Promise<Ending> {
    const { catalog } = this._with.parts;
    return until(
      () => (catalog.terminal(id)?.state === 'running' ? undefined : { outcome: 'exited' }),
      (look) => disposeAll(catalog.onDidChange(look), catalog.onDidRemove(look)),
      signal,
    );
  }

  /** What its output may meet; undefined when nothing more will come, or nothing of that is waited for. */
  private async _watched(
    row: TerminalRow,
    { conditions, since: revision }: TerminalWait.Params,
    {
      isRunning,
      since,
      signal,
    }: { readonly isRunning: boolean; readonly since: number | undefined; readonly signal: AbortSignal },
  ): Promise<Matched | undefined> {
    const { parts, typed, calls, prepare } = this._with;
    const seen = conditions.flatMap((condition, index) => (isSeen(condition) ? [{ condition, index }] : []));
    if (seen.length === 0) {
      return undefined;
    }
    let head = isRunning ? await calls.syncUnlessEnded(row) : undefined;
    if (head === undefined) {
      await prepare(row);
    }
    const begin = since ?? typed.entered(row.id)?.offset;
    const bellsAfter = Math.max(begin ?? head ?? 0, this._told.get(row.id)?.offset ?? 0);
    let promptsAfter = begin ?? 0;
    for (;;) {
      const result = await parts.screens.watch(
        row.id,
        {
          conditions: seen.map(({ condition }) => condition),
          ...(revision === undefined ? {} : { since: revision }),
          typed: since === undefined ? [] : typed.linesSince(row.id, since),
          bellsAfter: offset(bellsAfter),
          promptsAfter: offset(promptsAfter),
          ...(head === undefined ? {} : { atLeast: head }),
        },
        signal,
      );
      const met = result === undefined ? undefined : seen[result.index];
      if (result === undefined || met === undefined) {
        return undefined;
      }
      if (met.condition.kind !== 'prompt' || parts.catalog.live(row.id).currentCommand === null) {
        return { outcome: 'matched', index: met.index, match: result.match };
      }
      // Something that runs has drawn what only looks like a prompt.
      head = await calls.syncUnlessEnded(row);
      if (head === undefined) {
        return undefined;
      }
      promptsAfter = head;
    }
  }

  /** What its output alone does not tell. Never resolves for what that does. */
  private async _happens(
    row: TerminalRow,
    condition: WaitCondition,
    index: number,
    since: number | undefined,
    signal: AbortSignal,
  ): Promise<Matched> {
    const { parts, commands, typed } = this._with;
    const { catalog } = parts;
    if (condition.kind === 'command') {
      const entered = typed.entered(row.id, since) ?? typed.entered(row.id);
      const told = this._told.get(row.id)?.command ?? Number.NEGATIVE_INFINITY;
      const after = Math.max(entered?.command ?? commands.endedUpTo(row.id), told);
      const match = await until(
        () => {
          const ended = commands.lastEnded(row.id);
          return ended !== undefined && ended.number > after ? commandMatch(ended) : undefined;
        },
        (look) => commands.onDidEnd(look),
        signal,
      );
      return { outcome: 'matched', index, match };
    }
    if (condition.kind === 'input') {
      if (reachableState(row, parts) === 'running' && catalog.live(row.id).waiting === undefined) {
        throw new HoldfastError(
          'INVALID_INPUT',
          'whether a program waits for input is not known on this platform',
          "Wait for what it asks instead: 'holdfast wait --text TEXT'.",
        );
      }
      const text = await until(
        () => catalog.live(row.id).waiting ?? undefined,
        (look) => catalog.onDidChange(look),
        signal,
      );
      return { outcome: 'matched', index, match: { text } };
    }
    return new Promise(() => undefined);
  }
}

const isIntegrable = (
  { executable, args, shellIntegration, shellNonce }: TerminalRow,
  folder: string,
): boolean => {
  const shell = { executable, args, environment: {} };
  return (
    shellIntegration &&
    shellNonce !== null &&
    withIntegration(shell, folder, { nonce: shellNonce, number: 0 }) !== shell
  );
};

const isSeen = (condition: WaitCondition): condition is ScreenCondition =>
  condition.kind !== 'exit' && condition.kind !== 'command' && condition.kind !== 'input';

const commandMatch = ({ line, exitCode, startedAt, endedAt }: CommandRow): WaitMatch => ({
  text: line,
  exitCode,
  durationMs: endedAt === null ? null : endedAt - startedAt,
});

/** Resolves with the first answer of `look`, which is asked now and whenever something happens; never once `signal` is raised. */
const until = <T>(
  look: () => T | undefined,
  subscribe: (look: () => void) => IDisposable,
  signal: AbortSignal,
): Promise<T> =>
  new Promise((resolve) => {
    const found = look();
    if (found !== undefined) {
      resolve(found);
      return;
    }
    const end = (): void => {
      subscription.dispose();
      signal.removeEventListener('abort', end);
    };
    const subscription = subscribe(() => {
      const now = look();
      if (now !== undefined) {
        end();
        resolve(now);
      }
    });
    signal.addEventListener('abort', end, { once: true });
  });

/** Resolves with undefined after so long; its timer goes when `other` settles first. */
const elapsed = (ms: number, other: Promise<unknown>): Promise<undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    const clear = (): void => clearTimeout(timer);
    other.then(clear, clear);
  });

const disposeAll = (...items: readonly IDisposable[]): IDisposable =>
  toDisposable(() => {
    for (const item of items) {
      item.dispose();
    }
  });
