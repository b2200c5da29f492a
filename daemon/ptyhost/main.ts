import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBuildId } from '../platform/buildId';
import { saveCompileCacheSoon } from '../platform/compileCache';
import { compileHotCodeEarly } from '../platform/hotCode';
import { refuseInspector } from '../platform/noInspector';
import { LOG_FOLDER } from '../protocol/endpoint';
import type { HostId } from '../protocol/ids';
import { millisFrom, Variable } from '../protocol/variables';
import { serveControl } from './control';
import { DaemonKeeper } from './daemonKeeper';
import { openLog } from './log';
import { Presence } from './presence';
import { PtyHost } from './ptyHost';
import { selfCheck } from './selfCheck';
import { Termination } from './termination';

/** How long an empty PTY host stays: the next terminal is often near. Tests shorten it. */
const EMPTY_EXIT_MS = millisFrom(Variable.PTY_HOST_EMPTY_MS, 30_000);
/** Lets the last answers reach their sockets. */
const LEAVE_MS = 50;

const VERSION = typeof __HOLDFAST_VERSION__ === 'string' ? __HOLDFAST_VERSION__ : '0.0.0-source';

const serve = async (dataDir: string, runtimeDir: string, id: HostId): Promise<void> => {
  const log = openLog(dataDir, `ptyhost-${id}.log`);
  // Its death would end every program here; whatever went wrong, going on is the smaller harm.
  process.on('uncaughtException', (error) => log(`uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) => log(`unhandled: ${String(reason)}`));
  // A logout, or the end of the terminal or editor it was started from, is none of its business.
  process.on('SIGHUP', () => undefined);
  refuseInspector();
  if (process.platform !== 'win32') {
    process.chdir('/');
  }

  let timer: NodeJS.Timeout | undefined;
  const leaveWhenEmpty = (): void => {
    clearTimeout(timer);
    if (keeper.isStopped && !host.isRunningAny) {
      timer = setTimeout(leaveIfStillEmpty, LEAVE_MS);
    } else if (!host.isRunningAny && host.terminals.length === 0) {
      timer = setTimeout(leaveIfStillEmpty, EMPTY_EXIT_MS);
    }
  };
  const leaveIfStillEmpty = (): void => {
    // A program that is just being started is told of by nothing else, and must not be lost.
    if (!host.isRunningAny) {
      leave();
    }
  };
  const keeper = new DaemonKeeper(() => host.terminals.length > 0, log, join(dataDir, LOG_FOLDER));
  const host: PtyHost = new PtyHost(keeper, log, leaveWhenEmpty);
  const onDidChangeDaemon = (): void => {
    termination.look();
    leaveWhenEmpty();
  };
  const presence = await Presence.open({
    dataDir,
    runtimeDir,
    id,
    log,
    version: VERSION,
    buildId: readBuildId(__dirname),
    onControl: (peer) => serveControl(peer, { id, version: VERSION, host, keeper, onDidChangeDaemon }),
    onStream: (hello) => host.accept(hello),
  });
  // With its data folder, this host's record may be gone, by which the next one finds it.
  keeper.onDidLose(() => presence.look());
  const leave = (): void => {
    presence.dispose();
    keeper.dispose();
    host.dispose();
    process.exit(0);
  };
  const termination = new Termination({
    isRunningAny: () => host.isRunningAny,
    isStopped: () => keeper.isStopped,
    leave,
    endAll: () => void host.endAll().catch((error: unknown) => log(`ending all: ${String(error)}`)),
    log,
  });
  process.on('SIGTERM', () => termination.signalled());
  leaveWhenEmpty();
  saveCompileCacheSoon();
  compileHotCodeEarly();
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      'runtime-dir': { type: 'string' },
      id: { type: 'string' },
      'self-check': { type: 'boolean' },
    },
  });
  if (values['self-check'] === true) {
    await selfCheck();
    process.exit(0);
  }
  const { 'data-dir': dataDir, 'runtime-dir': runtimeDir, id } = values;
  if (dataDir === undefined || runtimeDir === undefined || id === undefined) {
    throw new Error('usage: ptyhost --data-dir DIR --runtime-dir DIR --id ID | --self-check');
  }
  await serve(dataDir, runtimeDir, id as HostId);
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
