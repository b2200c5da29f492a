import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDataFolder } from '../platform/dataFolder';
import { GenerationLock } from '../platform/generationLock';
import { type Locations, resolveLocations } from '../platform/locations';
import { ensurePrivateFolder, requirePrivateFolder } from '../platform/privateFolder';
import { isStopped } from '../platform/processIdentity';
import { explainUnwritable } from '../platform/unwritable';
import { type EndpointRecord, RUNTIME_FOLDER } from '../protocol/endpoint';
import { HoldfastError, IS_FINAL } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import { dial } from '../transport/dial';
import { type DaemonLink, isDead, livingHosts, readEndpoint } from './endpoint';
import { heldLock, LAUNCH_LOCK_PREFIX } from './heldLock';
import { leave } from './leave';
import { type ConnectOptions, type Runtime, START_TIMEOUT_MS } from './options';
import { CLIENT_VERSION, findProgram } from './program';
import { type SilentDaemon, silent } from './silentDaemon';
import { requireStartable } from './startable';
import type { StartingDaemon } from './startDaemon';
import { compareVersions } from './version';

/** Between two looks for a daemon that is being started; a look reads one small file. */
const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 15;
/** A living daemon that does not answer for this long may be stuck or gone: another start decides by its lock. */
const SILENT_MS = 2000;
/** One that the system says is stopped (SIGSTOP) does not answer until somebody lets it go on: no need to wait for one that is busy. */
const STOPPED_MS = 2000;
/** A PTY host starts a daemon again at once; another one started meanwhile would only take its time away. */
export const RESTART_PATIENCE_MS = 700;
/** How long a client that may start nothing waits for a daemon that lives but does not answer. */
export const NEVER_START_TIMEOUT_MS = 3000;

/** `ConnectOptions` and what only the library itself decides. */
export interface LaunchOptions extends ConnectOptions {
  /** This client's version; only a strictly newer one may replace a daemon. */
  readonly version?: string;
  /** Wait this long for somebody else (a PTY host) to start the daemon before doing so. */
  readonly patienceMs?: number;
  /** Start it so that it stays although nothing is left to do. */
  readonly keep?: boolean;
}

export const helloClient = (options: LaunchOptions): Hello['client'] => ({
  kind: options.kind ?? 'sdk',
  version: options.version ?? CLIENT_VERSION,
  pid: process.pid,
});

/**
 * Connects to the daemon of the data folder, starting one where none runs and replacing one that is strictly
 * older (its programs go on). Any number of clients may do so at once; they get the same daemon.
 * @throws HoldfastError DAEMON_UNAVAILABLE, PROTOCOL_MISMATCH, AUTH_FAILED
 */
export const connectOrStart = async (options: LaunchOptions): Promise<DaemonLink> => {
  const locations = resolveLocations(options.environment ?? process.env);
  // Who may write there could send us, and what we tell it, to a daemon of their own.
  requirePrivateFolder(locations.dataDir);
  if (options.start === 'never') {
    return connectOnly(options, locations);
  }
  const link = await new Launch(options, locations).run();
  // A connection that can't end a daemon can't replace one either.
  const mayReplace = options.capabilities?.includes('manage') ?? true;
  const newer = mayReplace && compareVersions(options.version ?? CLIENT_VERSION, link.welcome.version) > 0;
  return newer ? replace(options, locations, link) : link;
};

/** Connects to a running daemon, however old, or fails soon. */
const connectOnly = async (options: LaunchOptions, locations: Locations): Promise<DaemonLink> => {
  const patienceMs = Math.min(options.timeoutMs ?? NEVER_START_TIMEOUT_MS, NEVER_START_TIMEOUT_MS);
  const found = await lookForDaemon(options, locations, patienceMs);
  if (found === undefined) {
    throw notRunning(locations);
  }
  if (found.silent !== undefined) {
    throw silent(found.silent);
  }
  return found.link;
};

/** A daemon that lives: connected to, or one that has said nothing for as long as it was waited for. */
export type FoundDaemon =
  | { readonly link: DaemonLink; readonly silent?: undefined }
  | { readonly link?: undefined; readonly silent: SilentDaemon };

/** Looks for a running daemon, and starts none. @returns undefined when none runs */
export const lookForDaemon = async (
  options: LaunchOptions,
  locations: Locations,
  patienceMs: number,
): Promise<FoundDaemon | undefined> => {
  const deadline = performance.now() + patienceMs;
  for (let delay = FIRST_POLL_MS; ; delay = nextDelay(delay)) {
    const endpoint = readEndpoint(locations.dataDir);
    if (endpoint === undefined || isDead(endpoint)) {
      return undefined;
    }
    const link = await tryDial(endpoint, options);
    if (link !== undefined) {
      return { link };
    }
    if (performance.now() > deadline) {
      return { silent: endpoint };
    }
    await sleep(delay);
  }
};

/** One attempt to get a daemon: looks for it, and starts it as long as nobody else does. */
class Launch {
  private readonly _from = performance.now();
  private readonly _deadline: number;
  private _starting: StartingDaemon | undefined;
  private _lock: GenerationLock | undefined;

  public constructor(
    private readonly _options: LaunchOptions,
    private readonly _locations: Locations,
  ) {
    this._deadline = this._from + (_options.timeoutMs ?? START_TIMEOUT_MS);
  }

  public async run(): Promise<DaemonLink> {
    try {
      for (let delay = FIRST_POLL_MS; ; delay = nextDelay(delay)) {
        const endpoint = readEndpoint(this._locations.dataDir);
        const dead = endpoint === undefined || isDead(endpoint);
        const link = dead ? undefined : await tryDial(endpoint, this._options);
        if (link !== undefined) {
          return link;
        }
        await this._throwWhenHopeless(endpoint);
        if (this._mayStart(dead)) {
          await this._start().catch((error: unknown) => {
            throw explainUnwritable(error, this._locations);
          });
          delay = FIRST_POLL_MS;
        }
        await sleep(delay);
      }
    } finally {
      this._lock?.dispose();
    }
  }

  private async _throwWhenHopeless(endpoint: EndpointRecord | undefined): Promise<void> {
    if (this._starting !== undefined && (this._starting.exitCode() ?? 0) !== 0) {
      throw new HoldfastError(
        'DAEMON_UNAVAILABLE',
        `the daemon could not be started: ${this._starting.failure()}`,
        this._starting.suggestion() ?? "Run 'holdfast doctor'.",
        this._starting.isFinal() ? IS_FINAL : undefined,
      );
    }
    if (
      endpoint !== undefined &&
      performance.now() - this._from >= STOPPED_MS &&
      isStopped(endpoint.pid) &&
      !isDead(endpoint)
    ) {
      throw silent(endpoint);
    }
    if (performance.now() > this._deadline) {
      const ended = await this._endUnreachable(endpoint);
      throw endpoint === undefined || isDead(endpoint) ? this._unanswered(ended) : silent(endpoint);
    }
  }

  private _unanswered(ended: string): HoldfastError {
    const held = heldLock(this._locations.dataDir);
    const said = this._starting?.failure() ?? '';
    return new HoldfastError(
      'DAEMON_UNAVAILABLE',
      `no daemon answered within ${Math.round(this._deadline - this._from)} ms${ended}${held === undefined ? '' : `; ${held.message}`}${said === '' ? '' : `: ${said}`}`,
      held?.suggestion ?? "Try again; if it stays so, run 'holdfast doctor'.",
    );
  }

  /**
   * Ends the daemon that was started here and never came to serve: nobody would see it, and it would hold the
   * lock. One that has said where it serves may be somebody's already. @returns what to add to the message
   */
  private async _endUnreachable(endpoint: EndpointRecord | undefined): Promise<string> {
    const starting = this._starting;
    if (starting === undefined || starting.pid() === endpoint?.pid) {
      return '';
    }
    return (await starting.end()) ? `; process ${starting.pid()}, which was started for it, was ended` : '';
  }

  private _mayStart(dead: boolean): boolean {
    const waited = performance.now() - this._from;
    const patience = this._options.patienceMs ?? (this._isBeingRestarted(dead) ? RESTART_PATIENCE_MS : 0);
    if (waited < patience || (!dead && waited < SILENT_MS)) {
      return false;
    }
    // One of ours that left with 0 has found another daemon's lock; should that one die too, we start again.
    return this._starting === undefined || (dead && this._starting.exitCode() === 0);
  }

  /** Whether a daemon died without a word and left a PTY host, which is starting the next one right now. */
  private _isBeingRestarted(dead: boolean): boolean {
    const { dataDir } = this._locations;
    return dead && readEndpoint(dataDir) !== undefined && livingHosts(dataDir).length > 0;
  }

  private async _start(): Promise<void> {
    const { dataDir, runtimeDir } = this._locations;
    ensureDataFolder(dataDir);
    // The daemon would fail on it later, and with less to say.
    ensurePrivateFolder(runtimeDir);
    this._lock ??= GenerationLock.acquire(dataDir, LAUNCH_LOCK_PREFIX);
    if (this._lock === undefined) {
      return;
    }
    const last = readEndpoint(dataDir);
    if (last !== undefined && !isDead(last) && (await tryDial(last, this._options, 'close')) !== undefined) {
      // Somebody was faster between our look and our lock.
      return;
    }
    // Loaded only now: most calls find a daemon.
    const [{ ensureRuntimeCopy, pruneRuntimeCopies }, { startDaemon }] = await Promise.all([
      import('./runtimeCopy'),
      import('./startDaemon'),
    ]);
    const copy = ensureRuntimeCopy(findProgram(this._options.distFolder), dataDir);
    const runtime = await this._chooseRuntime(copy.folder, copy.buildId);
    this._starting = startDaemon(
      copy.folder,
      runtime,
      this._locations,
      this._options.environment ?? process.env,
      this._options.keep === true,
    );
    pruneRuntimeCopies(dataDir, copy);
  }

  private async _chooseRuntime(folder: string, buildId: string): Promise<Runtime> {
    const { runtime } = this._options;
    if (typeof runtime === 'function') {
      const cacheFolder = join(this._locations.dataDir, RUNTIME_FOLDER);
      return runtime({ folder, buildId, cacheFolder });
    }
    return runtime ?? { executable: process.execPath, electron: process.versions['electron'] !== undefined };
  }
}

/**
 * Puts our daemon in an older one's place; PTY hosts, programs and viewers' streams go on. Where ours could not be started,
 * the older one, which works, stays.
 */
const replace = async (
  options: LaunchOptions,
  locations: Locations,
  older: DaemonLink,
): Promise<DaemonLink> => {
  try {
    requireStartable(locations);
  } catch {
    // Whoever needs to write will be told why it can't be done; 'holdfast doctor' tells too.
    return older;
  }
  const { keep = false } = await leave(older, 'replace');
  return new Launch({ ...options, keep }, locations).run();
};

/** The connection, or undefined when the daemon does not answer now but may soon. */
const tryDial = async (
  endpoint: EndpointRecord,
  options: LaunchOptions,
  then: 'keep' | 'close' = 'keep',
): Promise<DaemonLink | undefined> => {
  try {
    const { capabilities } = options;
    const { socket, welcome } = await dial(endpoint, helloClient(options), {
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(isStopped(endpoint.pid) ? { timeoutMs: STOPPED_MS } : {}),
    });
    if (capabilities !== undefined && welcome.capabilities === undefined) {
      socket.destroy();
      throw new HoldfastError(
        'PROTOCOL_MISMATCH',
        "the running daemon is older and can't limit what a connection may do",
        "Run 'holdfast daemon restart'; programs go on running.",
      );
    }
    if (then === 'close') {
      socket.destroy();
    }
    return { socket, welcome, endpoint };
  } catch (error) {
    const known = HoldfastError.from(error);
    const record = readEndpoint(resolveLocations(options.environment ?? process.env).dataDir);
    if (known.code === 'DAEMON_UNAVAILABLE' || record?.token !== endpoint.token) {
      // Between two daemons: what we read is the last one's.
      return undefined;
    }
    throw known.code === 'PROTOCOL_MISMATCH' ? mismatch(known, endpoint) : known;
  }
};
const nextDelay = (delay: number): number => Math.min(LAST_POLL_MS, delay * 1.5);

const notRunning = (locations: Locations): HoldfastError =>
  new HoldfastError(
    'DAEMON_UNAVAILABLE',
    'no daemon is running',
    "Run 'holdfast daemon start', or create a session with 'holdfast new'.",
    { dataDir: locations.dataDir },
  );

const mismatch = (error: HoldfastError, endpoint: EndpointRecord): HoldfastError => {
  const older = compareVersions(CLIENT_VERSION, endpoint.version) > 0;
  return new HoldfastError(
    'PROTOCOL_MISMATCH',
    `${error.message} (daemon ${endpoint.version}, this client ${CLIENT_VERSION})`,
    older
      ? `'kill ${endpoint.pid}' ends that daemon alone: programs go on, and the next call starts one of this version.`
      : 'Update this client to the version of the daemon or a newer one.',
  );
};
