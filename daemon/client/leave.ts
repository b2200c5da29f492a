import { setTimeout as sleep } from 'node:timers/promises';
import { DaemonShutdown, DaemonStatus } from '../protocol/daemon';
import type { EndpointRecord } from '../protocol/endpoint';
import { HoldfastError } from '../protocol/errors';
import { EventsSubscribe } from '../protocol/events';
import { RpcPeer } from '../transport/rpc';
import { type DaemonLink, isDead } from './endpoint';
import { silent } from './silentDaemon';

/** A daemon asked to leave flushes its store first. */
const LEAVE_TIMEOUT_MS = 10_000;
/** It may have a thousand programs to end before it answers; while it does it answers other calls. */
const ANSWER_TIMEOUT_MS = 60_000;
/**
 * How long a daemon that lives may say nothing before it is ended by who asks for another one: twice what it takes to see that
 * another socket stands at its path, and longer than one that is busy makes anybody wait.
 */
export const PATIENCE_MS = 10_000;
/** And so much more for each session that it is to end: a thousand keep it busy for half a minute on two cores. */
const PATIENCE_EACH_MS = 100;
const ASK_EVERY_MS = 1000;
const POLL_MS = 10;

/** What became of a daemon that was asked to leave. */
export interface Leaving {
  /** Undefined where it has said nothing any more since it was asked. */
  readonly result: DaemonShutdown.Result | undefined;
  /** Why its process lives on; undefined once it has ended. */
  readonly problem: HoldfastError | undefined;
}

/** Asks a daemon to leave, and waits until its process has ended, or it hangs. @throws HoldfastError SESSIONS_RUNNING, DAEMON_UNAVAILABLE */
export const askToLeave = async (
  { socket, endpoint }: DaemonLink,
  mode: DaemonShutdown.Params['mode'],
): Promise<Leaving> => {
  const peer = new RpcPeer(socket);
  peer.listen();
  try {
    const result = await answerOf(peer, mode, endpoint);
    if (result === undefined) {
      return { result, problem: silent(endpoint) };
    }
    for (const deadline = performance.now() + LEAVE_TIMEOUT_MS; !isDead(endpoint); await sleep(POLL_MS)) {
      if (performance.now() > deadline) {
        return {
          result,
          problem: stuck(endpoint, `said it leaves, and has not within ${LEAVE_TIMEOUT_MS} ms`),
        };
      }
    }
    return { result, problem: undefined };
  } finally {
    peer.dispose();
  }
};

/** The same, for who does not end one that hangs. @throws HoldfastError SESSIONS_RUNNING, DAEMON_UNAVAILABLE */
export const leave = async (
  link: DaemonLink,
  mode: DaemonShutdown.Params['mode'],
): Promise<DaemonShutdown.Result> => {
  const { result, problem } = await askToLeave(link, mode);
  if (problem !== undefined || result === undefined) {
    throw problem ?? silent(link.endpoint);
  }
  return result;
};

/** @returns undefined when it answers nothing else either */
const answerOf = async (
  peer: RpcPeer,
  mode: DaemonShutdown.Params['mode'],
  endpoint: EndpointRecord,
): Promise<DaemonShutdown.Result | undefined> => {
  const patienceMs = mode === 'force' ? await patienceToEnd(peer) : PATIENCE_MS;
  if (patienceMs === undefined) {
    return undefined;
  }
  const answered = new AbortController();
  const answer = peer.call(DaemonShutdown.type, { mode }).finally(() => answered.abort());
  try {
    return await Promise.race([answer, silence(peer, endpoint, { patienceMs, answered: answered.signal })]);
  } finally {
    answered.abort();
    // Who is not waited for any more is told nothing.
    answer.catch(() => undefined);
  }
};

/** @returns how long it may be silent while it ends all its sessions; undefined where it is silent already */
const patienceToEnd = async (peer: RpcPeer): Promise<number | undefined> => {
  try {
    const { sessions } = await peer.call(DaemonStatus.type, {}, { timeoutMs: PATIENCE_MS });
    return PATIENCE_MS + sessions * PATIENCE_EACH_MS;
  } catch (error) {
    return HoldfastError.from(error).code === 'TIMEOUT' ? undefined : PATIENCE_MS;
  }
};

/** Resolves when a daemon answers nothing any more. @throws HoldfastError DAEMON_UNAVAILABLE where it does, and does not do what it was asked */
const silence = async (
  peer: RpcPeer,
  endpoint: EndpointRecord,
  { patienceMs, answered }: { readonly patienceMs: number; readonly answered: AbortSignal },
): Promise<undefined> => {
  const deadline = performance.now() + Math.max(ANSWER_TIMEOUT_MS, patienceMs);
  while (performance.now() < deadline) {
    try {
      // A call that asks no PTY host: that one may have as much to do.
      await peer.call(EventsSubscribe.type, {}, { timeoutMs: patienceMs });
    } catch (error) {
      if (HoldfastError.from(error).code === 'TIMEOUT') {
        return undefined;
      }
      // It leaves, as its answer says or the end of the connection.
    }
    await sleep(ASK_EVERY_MS, undefined, { signal: answered });
  }
  throw stuck(endpoint, `answers, but does not leave within ${ANSWER_TIMEOUT_MS} ms`);
};

const stuck = ({ pid, socket }: EndpointRecord, what: string): HoldfastError =>
  new HoldfastError(
    'DAEMON_UNAVAILABLE',
    `the daemon (process ${pid}) ${what}`,
    `Try again; if it stays so, 'kill -9 ${pid}' ends the daemon alone: programs go on, and the next call starts another.`,
    { pid, socket },
  );
