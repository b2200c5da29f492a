import { join } from 'node:path';
import { Hosts } from '../hosts/hosts';
import { launchEnvironment } from '../hosts/launchEnvironment';
import { DisposableStore } from '../lifecycle/lifecycle';
import { readBuildId } from '../platform/buildId';
import { saveCompileCacheSoon } from '../platform/compileCache';
import { ensureFolderIn } from '../platform/dataFolder';
import { GenerationLock } from '../platform/generationLock';
import { removeUnfinished } from '../platform/privateFile';
import { keepSpareFiles } from '../platform/spareFiles';
import { explainUnwritable } from '../platform/unwritable';
import type { DaemonShutdown } from '../protocol/daemon';
import {
  HISTORIES_FOLDER,
  JOURNALS_FOLDER,
  KEYFRAMES_FOLDER,
  LOCK_PREFIX,
  LOG_FOLDER,
} from '../protocol/endpoint';
import { lastWords } from '../protocol/lastWords';
import { Variable } from '../protocol/variables';
import { Screens } from '../screen/screens';
import { WORKER_HEAP_MB } from '../screen/screenWorker';
import { SLEEP_AFTER_MS } from '../screen/sleepers';
import { Attentions } from '../sessions/attentions';
import { BeginningAgain } from '../sessions/beginningAgain';
import { Catalog } from '../sessions/catalog';
import { CommandLog } from '../sessions/commandLog';
import { Deadlines } from '../sessions/deadlines';
import { EnvironmentService } from '../sessions/environmentService';
import { Exits } from '../sessions/exits';
import { HistoryService } from '../sessions/historyService';
import { Lifecycle } from '../sessions/lifecycle';
import { Live } from '../sessions/live';
import { LossOffers } from '../sessions/lossOffers';
import { EPHEMERAL_GRACE_MS, type Parts, TERMINAL_LIMIT } from '../sessions/parts';
import { Queues } from '../sessions/queues';
import { Reconciling } from '../sessions/reconciling';
import { Resurrecting } from '../sessions/resurrecting';
import { ScreenAccess } from '../sessions/screenAccess';
import { ScreenReports } from '../sessions/screenReports';
import { SessionService } from '../sessions/sessionService';
import { Starting } from '../sessions/starting';
import { Starts } from '../sessions/starts';
import { Targets } from '../sessions/targets';
import { TerminalService } from '../sessions/terminalService';
import { SHELLS_FOLDER } from '../shells/injection';
import { Store } from '../store/store';
import { VERSION } from './build';
import { ControlServer } from './controlServer';
import { DaemonService } from './daemonService';
import { Endpoint } from './endpointFile';
import { IDLE_EXIT_MS, IdleExit } from './idleExit';
import { Log } from './log';
import { removeStaleSockets } from './staleSockets';

export interface RunOptions {
  readonly dataDir: string;
  readonly runtimeDir: string;
  readonly keep: boolean;
  /** The folder this daemon's bundles are in. */
  readonly distribution: string;
  /** The mask that programs are to inherit. */
  readonly userUmask: number;
}

/** EX_SOFTWARE, sysexits.h: the PTY host starts a new daemon. */
const CRASH_STATUS = 70;
/** How long PTY hosts without programs may take to leave. */
const HOSTS_LEAVE_MS = 5000;
/** How long clients may take to read their last answer; a stalled one must not delay the end. */
const CLIENTS_LEAVE_MS = 500;

/** `disowned`: another daemon has the data folder, and finds the programs. */
type Leaving = DaemonShutdown.Params['mode'] | 'idle' | 'signal' | 'disowned';

/** Composes the daemon and runs it until it leaves. The caller holds the lock. */
export const runDaemon = async (options: RunOptions): Promise<void> => {
  const log = new Log(join(options.dataDir, LOG_FOLDER));
  try {
    await compose(options, log);
  } catch (error) {
    const known = explainUnwritable(error, options);
    log.error('starting', known);
    // Whoever started this reads it, and tells the user (the launcher).
    process.stderr.write(lastWords(known));
    process.exit(1);
  }
};

const compose = async (options: RunOptions, log: Log): Promise<void> => {
  const { dataDir, runtimeDir, distribution } = options;
  const startedAt = Date.now();
  const buildId = readBuildId(distribution);
  const report = (what: string, error: unknown): void => log.error(what, error);
  process.on('uncaughtException', (error) => {
    log.error('uncaught', error);
    // 'holdfast doctor' reads it when no daemon comes to serve.
    process.stderr.write(lastWords(error));
    process.exit(CRASH_STATUS);
  });
  const makeFolders = (): void => {
    for (const folder of [JOURNALS_FOLDER, HISTORIES_FOLDER, KEYFRAMES_FOLDER]) {
      ensureFolderIn(dataDir, folder);
    }
  };
  makeFolders();
  removeUnfinished(join(dataDir, KEYFRAMES_FOLDER));
  const owned = new DisposableStore();
  const holdsFolder = (): boolean =>
    GenerationLock.isOurs(dataDir, LOCK_PREFIX) || GenerationLock.acquire(dataDir, LOCK_PREFIX) !== undefined;
  const store = await Store.open(dataDir, { mayBeginAgain: holdsFolder });
  for (const path of store.report.setAside) {
    log.write('warning', `a broken file of the store was set aside: ${path}`);
  }
  for (const path of store.report.dropped) {
    log.write('info', `an old broken file of the store was removed: ${path}`);
  }
  for (const row of store.report.unreadable) {
    log.write('error', `a row of the store can't be read and is left out: ${row}`);
  }
  const client = { kind: 'daemon', version: VERSION, pid: process.pid } as const;
  const catalog = owned.add(new Catalog(store));
  let keep = options.keep;
  let clients = (): number => 0;
  const hosts = owned.add(
    new Hosts({
      dataDir,
      runtimeDir,
      entry: join(distribution, 'ptyhost.js'),
      userUmask: options.userUmask,
      version: VERSION,
      buildId,
      client,
      isWatched: () =>
        clients() > 0 || catalog.terminals.some((row) => catalog.live(row.id).viewers.length > 0),
      launch: () => ({
        executable: process.execPath,
        args: [
          join(distribution, 'daemon.js'),
          '--data-dir',
          dataDir,
          '--runtime-dir',
          runtimeDir,
          ...(keep ? ['--keep'] : []),
        ],
        environment: launchEnvironment(),
      }),
    }),
  );
  const screens = owned.add(
    new Screens({
      workerPath: join(distribution, 'screenWorker.js'),
      historiesFolder: join(dataDir, HISTORIES_FOLDER),
      keyframesFolder: join(dataDir, KEYFRAMES_FOLDER),
      sleepAfterMs: numberFrom(Variable.SLEEP_AFTER_MS, SLEEP_AFTER_MS),
      workerHeapMb: numberFrom(Variable.SCREEN_HEAP_MB, WORKER_HEAP_MB),
      client,
    }),
  );
  const parts: Parts = {
    catalog,
    hosts,
    screens,
    queues: new Queues(),
    settings: {
      dataDir,
      runtimeDir,
      version: VERSION,
      shellsFolder: join(distribution, SHELLS_FOLDER),
      terminalLimit: numberFrom(Variable.SESSION_LIMIT, TERMINAL_LIMIT),
      ephemeralGraceMs: numberFrom(Variable.EPHEMERAL_GRACE_MS, EPHEMERAL_GRACE_MS),
    },
    report,
  };
  const starting = new Starting(parts);
  const starts = new Starts(parts, starting);
  const exits = owned.add(new Exits(parts));
  const reconciling = owned.add(new Reconciling(parts, starting, exits));
  const screenAccess = owned.add(new ScreenAccess(parts));
  const again = new BeginningAgain(parts, starting, starts, screenAccess, exits);
  const lifecycle = new Lifecycle(parts, starting, starts, exits, again);
  const targets = new Targets(parts);
  const settled = (): Promise<void> => reconciling.settled();
  const offers = new LossOffers(parts, settled);
  const resurrecting = owned.add(
    new Resurrecting(parts, { targets, starting, starts, again, settled, onDidLose: exits.onDidLose }),
  );
  const live = new Live(parts, exits);
  owned.add(new ScreenReports(parts));
  const attentions = owned.add(new Attentions(parts));
  const commandLog = owned.add(new CommandLog(parts));
  await hosts.adopt();
  await reconciling.settled();
  await reconciling.settleOrphans();
  hosts.watch();

  let endpoint: Endpoint | undefined;
  const daemon = owned.add(
    new DaemonService(parts, lifecycle, starts, live, {
      version: VERSION,
      buildId,
      startedAt,
      socket: () => endpoint?.socket ?? '',
      storeReport: store.report,
      isKept: () => keep,
      settled,
    }),
  );
  const server = owned.add(
    new ControlServer({
      catalog,
      sessions: new SessionService(parts, targets, lifecycle, live),
      terminals: new TerminalService(parts, targets, lifecycle, screenAccess, commandLog),
      environments: new EnvironmentService(parts, targets, starting),
      history: new HistoryService(parts, targets, screenAccess, commandLog),
      resurrecting,
      offers,
      attentions,
      daemon,
      report,
    }),
  );
  clients = () => server.clients;
  owned.add(new Deadlines(parts, (session) => endSession(parts, lifecycle, session)));
  const idle = owned.add(
    new IdleExit(
      () => server.clients > 0 || catalog.terminals.some((row) => row.state === 'running'),
      options.keep,
      numberFrom(Variable.IDLE_EXIT_MS, IDLE_EXIT_MS),
    ),
  );
  owned.add(server.onClientsChanged(() => idle.look()));
  owned.add(catalog.onDidChange(() => idle.look()));
  owned.add(catalog.onDidRemove(() => idle.look()));
  owned.add(
    daemon.onKeepChanged((wanted) => {
      keep = wanted;
      idle.keep = wanted;
      endpoint?.update();
    }),
  );
  endpoint = owned.add(
    new Endpoint({
      dataDir,
      runtimeDir,
      version: VERSION,
      buildId,
      startedAt,
      isKept: () => keep,
      onControl: (peer) => server.accept(peer),
      keepFolder: () => {
        makeFolders();
        if (holdsFolder()) {
          keepSpareFiles(dataDir);
          store.look().catch((error: unknown) => report('looking at the store', error));
          return true;
        }
        report('holding the data folder', 'it was deleted or moved away, and another daemon has it now');
        leaveAndExit('disowned');
        return false;
      },
      report,
    }),
  );

  let isLeaving = false;
  const leave = async (why: Leaving): Promise<void> => {
    if (isLeaving) {
      return;
    }
    isLeaving = true;
    starts.refuse();
    log.write('info', `leaving (${why})`);
    endpoint.withdraw();
    await catalog
      .change((writer) => writer.addEvent({ time: Date.now(), event: 'daemon-stopping', details: { why } }))
      // A full disk must not keep it from leaving.
      .catch((error: unknown) => report('leaving', error));
    await commandLog.flush().catch((error: unknown) => report('leaving', error));
    await hosts.release(why === 'replace' || why === 'disowned' ? 'replace' : 'stop');
    if (why === 'force' || why === 'if-idle' || why === 'idle') {
      await hosts.untilGone(HOSTS_LEAVE_MS);
    }
    await server.end(CLIENTS_LEAVE_MS);
    owned.dispose();
    await store.close();
  };
  const leaveAndExit = (why: Leaving): void => {
    leave(why).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('leaving', error);
        process.exit(1);
      },
    );
  };
  // Told to go by the system or an administrator: programs stay, the next client starts a daemon again.
  process.on('SIGTERM', () => leaveAndExit('signal'));
  process.on('SIGINT', () => leaveAndExit('signal'));
  owned.add(daemon.onLeave((mode) => leaveAndExit(mode)));
  owned.add(idle.onIdle(() => leaveAndExit('idle')));

  await endpoint.open();
  keepSpareFiles(dataDir);
  resurrecting.begin();
  catalog
    .change((writer) => writer.addEvent({ time: Date.now(), event: 'daemon-started' }))
    // Nobody waits for a note, and a full disk is no reason not to serve.
    .catch((error: unknown) => report('starting', error));
  removeStaleSockets(runtimeDir, endpoint.socket).then(
    (removed) =>
      removed.forEach((path) => void log.write('info', `a dead process's socket was removed: ${path}`)),
    (error: unknown) => report('cleaning the runtime folder', error),
  );
  saveCompileCacheSoon();
  log.write('info', `serving ${catalog.sessions.length} sessions on ${endpoint.socket}, version ${VERSION}`);
};

const endSession = async (
  parts: Parts,
  lifecycle: Lifecycle,
  session: Parameters<Catalog['session']>[0],
): Promise<void> => {
  await parts.queues.run(session, () => lifecycle.end(parts.catalog.terminalsOf(session)));
};

const numberFrom = (name: string, otherwise: number): number => {
  const value = Number(process.env[name]);
  return process.env[name] !== undefined && Number.isInteger(value) && value >= 0 ? value : otherwise;
};
