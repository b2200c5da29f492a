import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { ensureFolderIn } from '../platform/dataFolder';
import { fileIdentity } from '../platform/fileIdentity';
import { FileWatch } from '../platform/fileWatch';
import { readJsonFile } from '../platform/privateFile';
import { HOSTS_FOLDER } from '../protocol/endpoint';
import { HoldfastError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import type {
  HostAttended,
  HostExited,
  HostRecord,
  HostRelease,
  HostStatus,
  HostViewersChanged,
  HostWaitingChanged,
  LaunchLine,
} from '../protocol/host';
import type { HostId } from '../protocol/ids';
import type { PtyHostInfo } from '../protocol/model';
import { HostLink } from './hostLink';
import { asHostRecord, type StartHostOptions, startHost } from './startHost';

export interface HostsOptions extends StartHostOptions {
  readonly version: string;
  /** Names the content of the folder this daemon and its PTY hosts run from. */
  readonly buildId: string;
  readonly client: Hello['client'];
  /** How PTY hosts start this daemon again, as it is at this moment. */
  readonly launch: () => LaunchLine;
  /** Whether anybody would see that a PTY host hangs. */
  readonly isWatched: () => boolean;
}

/** A slow PTY host must not keep the daemon from serving the others' sessions. */
const ADOPT_TIMEOUT_MS = 3000;
const GONE_POLL_MS = 10;
/** Where the system does not tell that a PTY host has said where it is; as often as those look whether they can be found. */
const LOOK_EVERY_MS = 5000;
/** A record is there a moment before it is whole, and one that goes is told of more than once. */
const LOOK_SOON_MS = 20;

/** The PTY hosts of this data folder: those found alive, and the one that new terminals go to. */
export class Hosts extends Disposable {
  private readonly _onConnected = this._register(
    new Emitter<{ host: HostLink; status: HostStatus.Result }>(),
  );
  public readonly onConnected = this._onConnected.event;
  private readonly _onUnreachable = this._register(new Emitter<HostLink>());
  public readonly onUnreachable = this._onUnreachable.event;
  private readonly _onRefused = this._register(new Emitter<HoldfastError>());
  /** What is said of one that lives and answers, and with which there is no protocol in common; told once. */
  public readonly onRefused = this._onRefused.event;
  private readonly _onDead = this._register(new Emitter<HostLink>());
  public readonly onDead = this._onDead.event;
  private readonly _onExited = this._register(new Emitter<{ host: HostLink; exited: HostExited.Params }>());
  public readonly onExited = this._onExited.event;
  private readonly _onViewersChanged = this._register(new Emitter<HostViewersChanged.Params>());
  public readonly onViewersChanged = this._onViewersChanged.event;
  private readonly _onWaitingChanged = this._register(new Emitter<HostWaitingChanged.Params>());
  public readonly onWaitingChanged = this._onWaitingChanged.event;
  private readonly _onAttended = this._register(new Emitter<HostAttended.Params>());
  public readonly onAttended = this._onAttended.event;

  private readonly _links = new Map<HostId, HostLink>();
  private readonly _folder: string;
  private readonly _watch: FileWatch;
  /** The folder that is watched: another one stands in its place once it was moved away. */
  private _watched: string | undefined;
  private _starting: Promise<HostLink> | undefined;
  private _timer: NodeJS.Timeout | undefined;
  private _isLeaving = false;

  public constructor(private readonly _options: HostsOptions) {
    super();
    this._folder = ensureFolderIn(_options.dataDir, HOSTS_FOLDER);
    this._watch = this._register(new FileWatch(this._folder, () => this._lookAfter(LOOK_SOON_MS)));
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  /**
   * From now on, PTY hosts that say only later where they are are connected to as well: those whose data folder was moved away
   * or deleted, until they have missed their record.
   */
  public watch(): void {
    this._look();
  }

  /** Connects to every PTY host that has a record and is not known. Resolves when each one's state is known, or in time. */
  public async adopt(): Promise<void> {
    const records = this._unknown();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      Promise.all(records.map((record) => this._add(record).connect())),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ADOPT_TIMEOUT_MS);
      }),
    ]);
    clearTimeout(timer);
  }

  /** The PTY host of that id, unless it is known to be dead. */
  public get(id: HostId | null): HostLink | undefined {
    return id === null ? undefined : this._links.get(id);
  }

  /** @throws SESSION_UNREACHABLE when there is none, as after a record was removed by hand */
  public require(id: HostId | null): HostLink {
    const link = this.get(id);
    if (link === undefined) {
      throw new HoldfastError(
        'SESSION_UNREACHABLE',
        "the terminal's PTY host is not known",
        "Run 'holdfast doctor' to see which PTY hosts there are.",
      );
    }
    return link;
  }

  public get all(): readonly HostLink[] {
    return [...this._links.values()];
  }

  public get infos(): readonly PtyHostInfo[] {
    return this.all.map((link) => link.info);
  }

  /** The PTY host for new terminals if it is there; those of other builds only serve what they hold. */
  public get current(): HostLink | undefined {
    const { version, buildId } = this._options;
    return this.all.find(
      ({ state, record }) =>
        state === 'connected' && record.version === version && record.buildId === buildId,
    );
  }

  /** The PTY host for new terminals, started when there is none of this build. @throws SPAWN_FAILED */
  public async forNewTerminal(): Promise<HostLink> {
    const current = this.current;
    if (current !== undefined) {
      return current;
    }
    this._starting ??= this._start().finally(() => {
      this._starting = undefined;
    });
    return this._starting;
  }

  /** Tells those that are connected how this daemon is started from now on; the others hear it when they are. */
  public async registerAgain(): Promise<void> {
    const links = this.all.filter((link) => link.state === 'connected');
    // One that breaks off meanwhile is told when it is connected again.
    await Promise.allSettled(links.map((link) => link.register()));
  }

  /** Tells all of them that this daemon leaves; who comes later finds no daemon, and starts none. */
  public async release(reason: HostRelease.Params['reason']): Promise<void> {
    this._isLeaving = true;
    clearTimeout(this._timer);
    this._watch.dispose();
    await Promise.all(this.all.map((link) => link.release(reason)));
  }

  /** Waits for the processes of released PTY hosts to end. False when some still live at the deadline. */
  public async untilGone(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (this.all.some((link) => !link.isProcessDead)) {
      if (performance.now() > deadline) {
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, GONE_POLL_MS));
    }
    return true;
  }

  private _look(): void {
    this._lookAfter(LOOK_EVERY_MS);
    try {
      const identity = fileIdentity(this._folder);
      if (identity !== this._watched) {
        this._watched = identity;
        this._watch.begin();
      }
    } catch {
      // It can't be looked at now: later it may be.
    }
    // Nor looked into.
    this.adopt().catch(() => undefined);
  }

  private _lookAfter(ms: number): void {
    clearTimeout(this._timer);
    if (!this._isLeaving) {
      this._timer = setTimeout(() => this._look(), ms);
      this._timer.unref();
    }
  }

  /** One that is being started here is known once it has said where it is. */
  private _unknown(): readonly HostRecord[] {
    if (this._starting !== undefined || this._isLeaving) {
      return [];
    }
    return readdirSync(this._folder)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .filter((name) => !this._links.has(basename(name, '.json') as HostId))
      .map((name) => asHostRecord(readJsonFile(join(this._folder, name))))
      .filter((record) => record !== undefined);
  }

  private async _start(): Promise<HostLink> {
    const link = this._add(await startHost(this._options));
    await link.connect();
    if (link.state !== 'connected') {
      throw new HoldfastError(
        'SPAWN_FAILED',
        'the PTY host does not answer',
        "Try again, or run 'holdfast doctor'.",
      );
    }
    return link;
  }

  private _add(record: HostRecord): HostLink {
    const link = this._register(
      new HostLink(record, {
        recordPath: join(this._folder, `${record.id}.json`),
        client: this._options.client,
        launch: this._options.launch,
        isWatched: this._options.isWatched,
      }),
    );
    this._links.set(link.id, link);
    link.onConnected((status) => this._onConnected.fire({ host: link, status }));
    link.onUnreachable(() => this._onUnreachable.fire(link));
    link.onRefused((error) => this._onRefused.fire(error));
    link.onDead(() => {
      this._links.delete(link.id);
      this._onDead.fire(link);
    });
    link.onExited((exited) => this._onExited.fire({ host: link, exited }));
    link.onViewersChanged((changed) => this._onViewersChanged.fire(changed));
    link.onWaitingChanged((changed) => this._onWaitingChanged.fire(changed));
    link.onAttended((attended) => this._onAttended.fire(attended));
    return link;
  }
}
