import { processState } from '../platform/processIdentity';
import {
  carriesVariable,
  listProcesses,
  type ProcessEntry,
  sessionKey,
  withDescendants,
} from '../platform/processTree';
import type { TerminalId } from '../protocol/ids';
import type { SessionKill } from '../protocol/sessions';
import { Variable } from '../protocol/variables';

/** The terminal whose programs are to end. */
export interface EndTarget {
  readonly terminal: TerminalId;
  readonly pid: number;
  readonly startTime: string | null;
  readonly ptsName: string | null;
}

export interface EndOptions {
  /** What is tried before SIGTERM and SIGKILL. */
  readonly signal: NodeJS.Signals;
  /** How long each signal is given. */
  readonly graceMs: number;
  /** Processes of Holdfast itself, never signalled. */
  readonly spared: ReadonlySet<number>;
}

/** A shell ends within some ms of SIGHUP; what ignores it and SIGTERM too is gone after twice this. */
export const DEFAULT_GRACE_MS = 1000;
/** After SIGKILL only the kernel is waited for; a process in uninterruptible sleep outlasts any wait. */
const KILL_WAIT_MS = 1000;
/** Short enough to be unnoticed, long enough to cost nothing. */
const POLL_MS = 15;

/**
 * Ends a terminal's programs and everything they started in it: all processes of its session, whatever their
 * groups (job control gives each job one of its own, which a signal to the shell's group would miss), and all
 * descendants, seen before the first signal and again after each, since dying shells start things and orphans
 * change their parents. What has left both and still carries the terminal's mark is named with all below it,
 * not signalled.
 * @returns who lives on
 */
export const endPrograms = async (
  target: EndTarget,
  options: EndOptions,
): Promise<readonly SessionKill.Survivor[]> => {
  const tracked = new Tracked(target, options.spared);
  await tracked.rescan();
  for (const signal of rounds(options.signal)) {
    if (tracked.living.length === 0) {
      break;
    }
    await endWith(signal, tracked, signal === 'SIGKILL' ? KILL_WAIT_MS : options.graceMs);
  }
  const marked = await markedProcesses(target.terminal, options.spared);
  const survivors = new Map([...tracked.living, ...marked].map((entry) => [entry.pid, entry.command]));
  return [...survivors].map(([pid, command]) => ({ pid, command }));
};

/**
 * Processes that carry a terminal's mark in their environment although they have left its session, and all
 * below them: what was started with another environment belongs to them all the same.
 */
export const markedProcesses = async (
  terminal: TerminalId,
  spared: ReadonlySet<number>,
): Promise<readonly ProcessEntry[]> => {
  const processes = await listOthers(spared);
  const marked = processes.filter(({ pid }) => carriesVariable(pid, Variable.TERMINAL, terminal));
  return withDescendants(processes, new Set(marked.map(({ pid }) => pid))).filter(({ zombie }) => !zombie);
};

/** Without the spared ones nothing below them is found either: it belongs to other terminals. */
const listOthers = async (spared: ReadonlySet<number>): Promise<readonly ProcessEntry[]> =>
  (await listProcesses()).filter(({ pid }) => !spared.has(pid));

const rounds = (first: NodeJS.Signals): readonly NodeJS.Signals[] => {
  if (first === 'SIGKILL' || process.platform === 'win32') {
    // Windows knows no other end than TerminateProcess.
    return ['SIGKILL'];
  }
  return first === 'SIGTERM' ? ['SIGTERM', 'SIGKILL'] : [first, 'SIGTERM', 'SIGKILL'];
};

const endWith = async (signal: NodeJS.Signals, tracked: Tracked, waitMs: number): Promise<void> => {
  const deadline = performance.now() + waitMs;
  const signalled = new Set<number>();
  for (;;) {
    for (const entry of tracked.living) {
      if (!signalled.has(entry.pid)) {
        signalled.add(entry.pid);
        send(entry, signal);
        if (signal !== 'SIGKILL') {
          // A stopped process takes its signals only when it goes on.
          send(entry, 'SIGCONT');
        }
      }
    }
    while (tracked.living.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    await tracked.rescan();
    const { living } = tracked;
    const isOver = living.length === 0 || performance.now() >= deadline;
    // What starts processes faster than they can be told gets one more round, not an endless one.
    if (
      isOver &&
      (living.every((entry) => signalled.has(entry.pid)) || performance.now() >= deadline + waitMs)
    ) {
      return;
    }
  }
};

const send = (entry: ProcessEntry, signal: NodeJS.Signals): void => {
  if (!isSame(entry)) {
    return;
  }
  try {
    process.kill(entry.pid, signal);
  } catch {
    // Gone this instant, or not ours to signal; whoever lives on is named at the end.
  }
};

/** Whether that very process still runs: a pid alone may be somebody else's by now. */
const isSame = (entry: ProcessEntry): boolean => processState(entry.pid, entry.startTime) !== 'dead';

/** The processes of one terminal that have been seen, as far as they live. */
class Tracked {
  private readonly _seen = new Map<number, ProcessEntry>();
  private readonly _key: string | null;

  public constructor(
    private readonly _target: EndTarget,
    private readonly _spared: ReadonlySet<number>,
  ) {
    this._key = sessionKey(_target.pid, _target.ptsName);
  }

  public get living(): readonly ProcessEntry[] {
    return [...this._seen.values()].filter(isSame);
  }

  /** Looks for members that were not there before. */
  public async rescan(): Promise<void> {
    const processes = await listOthers(this._spared);
    const leader = processes.find((entry) => entry.pid === this._target.pid);
    const { startTime } = this._target;
    const isReused =
      leader !== undefined &&
      startTime !== null &&
      leader.startTime !== null &&
      leader.startTime !== startTime;
    const roots = new Set(this.living.map((entry) => entry.pid));
    if (!isReused) {
      roots.add(this._target.pid);
      for (const entry of processes) {
        if (this._key !== null && entry.session === this._key) {
          roots.add(entry.pid);
        }
      }
    }
    for (const entry of withDescendants(processes, roots)) {
      if (!entry.zombie) {
        this._seen.set(entry.pid, entry);
      }
    }
  }
}
