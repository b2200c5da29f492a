import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeStaleSocket } from '../hosts/staleSocket';
import { Disposable } from '../lifecycle/lifecycle';
import { readJsonFile, writePrivateFile } from '../platform/privateFile';
import { ensurePrivateFolder } from '../platform/privateFolder';
import { ownIdentity } from '../platform/processIdentity';
import { newToken } from '../platform/secrets';
import { newSocketPath } from '../platform/socketPath';
import { ENDPOINT_FILE, type EndpointRecord } from '../protocol/endpoint';
import { PROTOCOL } from '../protocol/hello';
import { type HelloServer, listen, type ServerOptions } from '../transport/accept';

export interface EndpointOptions {
  readonly dataDir: string;
  readonly runtimeDir: string;
  readonly version: string;
  readonly buildId: string;
  readonly startedAt: number;
  readonly onControl: ServerOptions['onControl'];
  /** The file is gone, and not because somebody else serves: so may be everything else in the data folder. */
  readonly onVanished: () => void;
  readonly report: (what: string, error: unknown) => void;
}

/** Every window, command and program of a user; a descriptor and some kB each. */
export const MAX_CLIENTS = 1024;
/** Systems clean runtime folders at logout or by age; nobody who connects should wait longer than this. */
const CHECK_INTERVAL_MS = 5000;

/** The daemon's socket, and the file in the data folder that names it. Binds anew when the socket has vanished. */
export class Endpoint extends Disposable {
  private readonly _token = newToken();
  private readonly _file: string;
  private _server: HelloServer | undefined;
  private _timer: NodeJS.Timeout | undefined;

  public constructor(private readonly _options: EndpointOptions) {
    super();
    this._file = join(_options.dataDir, ENDPOINT_FILE);
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
    if (process.platform !== 'win32') {
      this._timer = setInterval(() => this._check(), CHECK_INTERVAL_MS);
      this._timer.unref();
    }
  }

  /**
   * Nobody finds this daemon any more; who is connected stays. The socket goes with the file that names it: should
   * leaving come to a sudden end, nothing else would know whose it was.
   */
  public withdraw(): void {
    clearInterval(this._timer);
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
    const { runtimeDir, version, buildId, startedAt, onControl } = this._options;
    ensurePrivateFolder(runtimeDir);
    const path = newSocketPath(runtimeDir, 'd-');
    const before = this._server;
    this._server = await listen({
      path,
      token: this._token,
      version,
      enforcesCapabilities: true,
      maxConnections: MAX_CLIENTS,
      onControl,
    });
    const record: EndpointRecord = {
      ...ownIdentity(),
      socket: path,
      token: this._token,
      version,
      buildId,
      protocol: PROTOCOL,
      startedAt,
    };
    writePrivateFile(this._file, JSON.stringify(record));
    // Connections made through the vanished socket go on; only its listener is of no more use.
    if (before !== undefined) {
      this._register(before);
    }
  }

  private _check(): void {
    const { report } = this._options;
    if (statSync(this.socket, { throwIfNoEntry: false }) !== undefined && this._isOurs()) {
      return;
    }
    if (!this._isOurs() && readJsonFile(this._file) !== undefined) {
      // Somebody else serves this folder, which the lock forbids: not ours to overwrite.
      return;
    }
    if (!this._isOurs()) {
      this._options.onVanished();
    }
    this._bind().catch((error: unknown) => report('binding the socket anew', error));
  }

  private _isOurs(): boolean {
    const record = readJsonFile(this._file) as Partial<EndpointRecord> | undefined;
    return record?.token === this._token;
  }
}
