import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeStaleSocket } from '../hosts/staleSocket';
import { Disposable } from '../lifecycle/lifecycle';
import { isDiskFull } from '../platform/diskSpace';
import { FileWatch } from '../platform/fileWatch';
import { readJsonFile, writePrivateFile } from '../platform/privateFile';
import { ensurePrivateFolder } from '../platform/privateFolder';
import { ownIdentity } from '../platform/processIdentity';
import { newToken } from '../platform/secrets';
import { newSocketPath } from '../platform/socketPath';
import { replaceBySpare } from '../platform/spareFiles';
import { ENDPOINT_FILE, type EndpointRecord } from '../protocol/endpoint';
import { PROTOCOL } from '../protocol/hello';
import { type HelloServer, listen, type ServerOptions } from '../transport/accept';

export interface EndpointOptions {
  readonly dataDir: string;
  readonly runtimeDir: string;
  readonly version: string;
  readonly buildId: string;
  readonly startedAt: number;
  readonly isKept: () => boolean;
  readonly onControl: ServerOptions['onControl'];
  /**
   * Makes the data folder anew where it, or the lock in it, has gone.
   * @returns whether this process holds it
   * @throws what the file system throws
   */
  readonly keepFolder: () => boolean;
  readonly report: (what: string, error: unknown) => void;
}

/** Every window, command and program of a user; a descriptor and some kB each. */
export const MAX_CLIENTS = 1024;
/** Systems clean runtime folders at logout or by age; nobody who connects should wait longer than this. */
const LOOK_EVERY_MS = 5000;
/** Whoever deletes a folder may not be done when the first file of it is missed: the next looks come soon, ever less so. */
const LOOK_AGAIN_MS = 20;

/**
 * The daemon's socket, and the file in the data folder that names it. Says anew where it is when either has vanished, or another
 * socket stands at its path: of the file at once, because a client that finds none starts another daemon.
 */
export class Endpoint extends Disposable {
  private readonly _token = newToken();
  private readonly _file: string;
  private readonly _watch: FileWatch;
  private _server: HelloServer | undefined;
  private _timer: NodeJS.Timeout | undefined;
  private _pauseMs = LOOK_EVERY_MS;
  private _isMending = false;
  private _isWithdrawn = false;

  public constructor(private readonly _options: EndpointOptions) {
    super();
    this._file = join(_options.dataDir, ENDPOINT_FILE);
    this._watch = this._register(new FileWatch(this._file, () => this._look(), dirname(_options.dataDir)));
  }

  public get socket(): string {
    return this._server?.path ?? '';
  }

  /** Listens, then says where. The caller holds the lock, so whoever was named before is gone. */
  public async open(): Promise<void> {
    const before = readJsonFile(this._file) as Partial<EndpointRecord> | undefined;
    if (typeof before?.socket === 'string') {
      removeStaleSocket(before.socket);
    }
    await this._bind();
    this._lookAfter(LOOK_EVERY_MS);
  }

  /** What is said of it has changed. */
  public update(): void {
    if (this._server === undefined || this._isWithdrawn) {
      return;
    }
    try {
      this._announce();
    } catch (error) {
      this._options.report('saying where this daemon is', error);
    }
  }

  /**
   * Nobody finds this daemon any more; who is connected stays. The socket goes with the file that names it: should
   * leaving come to a sudden end, nothing else would know whose it was.
   */
  public withdraw(): void {
    this._isWithdrawn = true;
    clearTimeout(this._timer);
    this._watch.dispose();
    const path = this._server?.path;
    if (path !== undefined && process.platform !== 'win32') {
      this._remove(path);
    }
    if (this._isOurs()) {
      this._remove(this._file);
    }
  }

  /** A folder that can't be written must not keep the daemon from leaving; readers see that its process is dead. */
  private _remove(path: string): void {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      this._options.report('withdrawing', error);
    }
  }

  public override dispose(): void {
    this.withdraw();
    this._server?.dispose();
    super.dispose();
  }

  private async _bind(): Promise<void> {
    const { runtimeDir, version, onControl } = this._options;
    ensurePrivateFolder(runtimeDir);
    const before = this._server;
    this._server = await listen({
      path: newSocketPath(runtimeDir, 'd-'),
      token: this._token,
      version,
      enforcesCapabilities: true,
      maxConnections: MAX_CLIENTS,
      onControl,
    });
    if (this._isWithdrawn) {
      this._server.dispose();
      return;
    }
    // Connections made through the vanished socket go on; only its listener is of no more use.
    if (before !== undefined) {
      this._register(before);
    }
    this._announce();
  }

  private _announce(): void {
    const { version, buildId, startedAt, isKept } = this._options;
    const record: EndpointRecord = {
      ...ownIdentity(),
      socket: this.socket,
      token: this._token,
      version,
      buildId,
      protocol: PROTOCOL,
      startedAt,
      ...(isKept() ? { keep: true } : {}),
    };
    const content = JSON.stringify(record);
    try {
      writePrivateFile(this._file, content);
    } catch (error) {
      // Nobody could end a program as long as nobody finds it.
      if (!isDiskFull(error) || !replaceBySpare(this._file, content)) {
        throw error;
      }
    }
    this._watch.begin();
  }

  private _lookAfter(ms: number): void {
    clearTimeout(this._timer);
    if (this._isWithdrawn) {
      return;
    }
    this._pauseMs = Math.min(ms, LOOK_EVERY_MS);
    this._timer = setTimeout(() => this._look(), this._pauseMs);
    this._timer.unref();
  }

  private _look(): void {
    if (!this._isWithdrawn && !this._isMending) {
      void this._mendAndLookAgain();
    }
  }

  private async _mendAndLookAgain(): Promise<void> {
    this._isMending = true;
    let pauseMs = LOOK_EVERY_MS;
    try {
      pauseMs = (await this._mend()) ? LOOK_AGAIN_MS : 2 * this._pauseMs;
    } catch (error) {
      // The folder can't be written now, say: later it may be.
      this._options.report('saying where this daemon is', error);
    }
    this._isMending = false;
    this._lookAfter(pauseMs);
  }

  /** @returns whether there was something to mend */
  private async _mend(): Promise<boolean> {
    if (!this._options.keepFolder()) {
      // Somebody else serves it: their file is not ours to overwrite.
      return false;
    }
    if (this._server?.isReachable !== true) {
      await this._bind();
      return true;
    }
    if (this._record()?.socket === this.socket && this._isOurs()) {
      return false;
    }
    // Deleted, or it could not be written when the socket was bound.
    this._announce();
    return true;
  }

  private _isOurs(): boolean {
    return this._record()?.token === this._token;
  }

  private _record(): Partial<EndpointRecord> | null | undefined {
    return readJsonFile(this._file) as Partial<EndpointRecord> | null | undefined;
  }
}
