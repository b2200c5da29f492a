import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Connection } from '../../daemon/client/index';
import { DaemonStatus, type Finding } from '../../daemon/protocol/daemon';
import { SessionList } from '../../daemon/protocol/sessions';
import type { Place } from '../integration/clientFixture';
import { poll } from '../support/poll';
import { DIST } from '../support/testDaemon';

const PATIENCE_MS = 30_000;

/** Which programs run in which sessions, a line each. */
export const programs = async (connection: Connection): Promise<readonly string[]> => {
  const { sessions } = await connection.call(SessionList.type, {});
  return sessions
    .flatMap(({ id, state, terminals }) => terminals.map(({ pid }) => `${id} ${state} ${pid}`))
    .sort();
};

/** Until a daemon other than `pid` answers and knows so many sessions; none is started for it. */
export const served = (place: Place, pid: number, sessions: number): Promise<unknown> => {
  let seen: unknown;
  const look = async (): Promise<boolean> => {
    try {
      const connection = await Connection.open({ ...place.options, start: 'never' });
      try {
        const status = await connection.call(DaemonStatus.type, {});
        seen = status;
        return status.pid !== pid && status.sessions === sessions;
      } finally {
        connection.dispose();
      }
    } catch (error) {
      // None serves yet.
      seen = String(error);
      return false;
    }
  };
  return poll(look, { timeoutMs: PATIENCE_MS, intervalMs: 5, what: 'another daemon', state: () => seen });
};

/** What `holdfast doctor` finds. */
export const doctor = async (place: Place): Promise<readonly Finding[]> => {
  const child = spawn(process.execPath, [join(DIST, 'cli.js'), '--json', 'doctor'], {
    env: place.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  try {
    return (JSON.parse(out) as { readonly findings: readonly Finding[] }).findings;
  } catch {
    throw new Error(`doctor said ${JSON.stringify({ out, error })}`);
  }
};
