import type { Connection } from '../../client/connection';
import { printable } from '../../platform/printable';
import { DaemonKeep, DaemonStatus } from '../../protocol/daemon';
import type { Context } from '../context';
import type { Input } from '../input';
import { survivorLines } from '../output/survivors';
import { age, bytes } from '../output/time';

export const start = async (context: Context, input: Input): Promise<void> => {
  const connection = await context.connection();
  if (input.flag('keep') === true) {
    await connection.call(DaemonKeep.type, { keep: true });
  }
  await report(context, connection);
};

export const stop = async (context: Context, input: Input): Promise<void> => {
  const { stopDaemon } = await import('../../client/stopping');
  const mode = input.flag('force') === true ? 'force' : 'if-idle';
  const result = await stopDaemon(context.connectOptions, mode);
  if (result === undefined) {
    context.result({ stopped: false, running: false, killed: 0 }, () => 'no daemon is running\n');
    return;
  }
  const { pid, killed, survivors } = result;
  context.result(
    { stopped: true, running: false, pid, killed, ...(survivors === undefined ? {} : { survivors }) },
    () =>
      [
        killed === 0 ? 'stopped' : `stopped; ended ${killed === 1 ? 'one program' : `${killed} programs`}`,
        ...survivorLines(survivors ?? []),
        '',
      ].join('\n'),
  );
};

export const restart = async (context: Context): Promise<void> => {
  const { restartDaemon } = await import('../../client/stopping');
  await restartDaemon(context.connectOptions);
  await report(context, await context.connection());
};

export const status = async (context: Context): Promise<void> => {
  const connection = await context.connectionIfRunning();
  if (connection === undefined) {
    const { ptyHosts, text } = await left(context);
    context.result({ running: false, ...(ptyHosts.length === 0 ? {} : { ptyHosts }) }, () => `${text}\n`);
    return;
  }
  await report(context, connection);
};

/** What there is without a daemon. */
const left = async (
  context: Context,
): Promise<{ readonly ptyHosts: readonly { readonly pid: number }[]; readonly text: string }> => {
  const [{ programsLeft, withoutDaemon }, { helloClient }, { resolveLocations }] = await Promise.all([
    import('../../client/programsLeft'),
    import('../../client/launcher'),
    import('../../platform/locations'),
  ]);
  const { connectOptions } = context;
  const { dataDir } = resolveLocations(context.env);
  const pids = await programsLeft(dataDir, helloClient(connectOptions));
  return {
    ptyHosts: pids.map((pid) => ({ pid })),
    text: pids.length === 0 ? 'no daemon is running' : withoutDaemon(pids),
  };
};

const report = async (context: Context, connection: Connection): Promise<void> => {
  const result = await connection.call(DaemonStatus.type, {});
  context.result(result, () => describe(result));
};

const describe = (status: DaemonStatus.Result): string => {
  const hosts = status.ptyHosts.map(({ pid, version, terminals, reachable, otherProtocol }) =>
    otherProtocol === undefined
      ? `${pid} (${version}, ${terminals} ${terminals === 1 ? 'terminal' : 'terminals'}${reachable ? '' : ', does not answer'})`
      : `${pid} (${version}, ${otherProtocol} than the daemon, and with no protocol in common)`,
  );
  const fields: readonly (readonly [string, string])[] = [
    ['process', `${status.pid}, since ${age(status.uptimeMs)}`],
    ['version', `${status.version} (protocol ${status.protocol}, build ${status.buildId})`],
    ['PTY host', hosts.length === 0 ? 'none needed yet' : hosts.join(', ')],
    ['sessions', String(status.sessions)],
    ['viewers', String(status.viewers)],
    ['memory', bytes(status.rssBytes)],
    ['socket', status.socket],
    ['data', status.dataDir],
  ];
  return fields.map(([label, value]) => `${`${label}:`.padEnd(10)}${printable(value)}\n`).join('');
};
