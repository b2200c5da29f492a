import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { ensureFolderIn } from '../platform/dataFolder';
import { FileWatch } from '../platform/fileWatch';
import { writePrivateFile } from '../platform/privateFile';
import { ensurePrivateFolder } from '../platform/privateFolder';
import { ownIdentity } from '../platform/processIdentity';
import { newToken } from '../platform/secrets';
import { newSocketPath } from '../platform/socketPath';
import { HOSTS_FOLDER } from '../protocol/endpoint';
import { PROTOCOL } from '../protocol/hello';
import type { HostRecord } from '../protocol/host';
import type { HostId } from '../protocol/ids';
import { type HelloServer, listen, type ServerOptions } from '../transport/accept';
import type { Log } from './log';

/** How often a PTY host looks whether it can still be reached: rarely enough to cost nothing. */
const CHECK_MS = 5000;
/** Whoever deletes the record's folder may finish; a daemon takes longer to start. */
const AFTER_DELETION_MS = 50;
const SOCKET_PREFIX = 'h-';

export interface PresenceOptions extends Pick<ServerOptions, 'onControl' | 'onStream' | 'version'> {
  readonly dataDir: string;
  readonly runtimeDir: string;
  /** Names the content of the folder this PTY host runs from. */
  readonly buildId: string;
  readonly id: HostId;
  readonly log: Log;
}

/**
 * How this PTY host is found: its socket, and the record that names it. When the runtime folder is swept away
 * (a logout, a cleaner of temporary files), or another socket stands at its path, it listens again under a fresh name; who is connected stays so. When the
 * record is deleted, or is no longer what was written, it is written again soon: a daemon that starts and finds none does not know that
 * programs run, and one that finds another token is sent away. That is so too when all of the data folder was deleted or moved away: the
 * record is the only way to the programs.
 */
export class Presence extends Disposable {
  private readonly _token = newToken();
  private readonly _streamToken = newToken();
  private readonly _recordPath: string;
  private readonly _watch: FileWatch;
  private _server: HelloServer | undefined;
  /** What the record says, as it was written last. */
  private _recorded: string | undefined;
  private _soon: NodeJS.Timeout | undefined;
  private _isMending = false;

  private constructor(private readonly _options: PresenceOptions) {
    super();
    this._recordPath = join(_options.dataDir, HOSTS_FOLDER, `${_options.id}.json`);
    this._register(toDisposable(() => rmSync(this._recordPath, { force: true })));
    this._watch = this._register(
      new FileWatch(this._recordPath, () => this._checkSoon(), dirname(_options.dataDir)),
    );
    this._register(toDisposable(() => clearTimeout(this._soon)));
  }

  /** @throws what listening, or writing the record, fails with */
  public static async open(options: PresenceOptions): Promise<Presence> {
    const presence = new Presence(options);
    await presence._bind();
    const timer = setInterval(() => void presence._check(), CHECK_MS);
    timer.unref();
    presence._register(toDisposable(() => clearInterval(timer)));
    return presence;
  }

  /** Looks now whether it can be found, and mends that. */
  public look(): void {
    void this._check();
  }

  private async _bind(): Promise<void> {
    const { runtimeDir, onControl, onStream, version } = this._options;
    ensurePrivateFolder(runtimeDir);
    // An older server is kept: the connections it accepted are closed with it.
    this._server = this._register(
      await listen({
        path: newSocketPath(runtimeDir, SOCKET_PREFIX),
        token: this._token,
        streamToken: this._streamToken,
        version,
        onControl,
        ...(onStream === undefined ? {} : { onStream }),
      }),
    );
    this._record();
  }

  private _record(): void {
    const { dataDir, id, version, buildId } = this._options;
    ensureFolderIn(dataDir, HOSTS_FOLDER);
    const record: HostRecord = {
      id,
      ...ownIdentity(),
      socket: this._server?.path ?? '',
      token: this._token,
      streamToken: this._streamToken,
      version,
      buildId,
      protocol: PROTOCOL,
    };
    const content = JSON.stringify(record);
    // It may not be written when the socket is bound, on a full disk.
    this._recorded = undefined;
    writePrivateFile(this._recordPath, content);
    this._recorded = content;
    this._watch.begin();
  }

  /** What stands in the record now; undefined where it can't be read, as a deleted one. */
  private _found(): string | undefined {
    try {
      // Whoever opened a pipe would wait for ever.
      return lstatSync(this._recordPath).isFile() ? readFileSync(this._recordPath, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  }

  private _checkSoon(): void {
    clearTimeout(this._soon);
    this._soon = setTimeout(() => void this._check(), AFTER_DELETION_MS);
    this._soon.unref();
  }

  private async _check(): Promise<void> {
    if (this._isDisposed || this._isMending) {
      return;
    }
    this._isMending = true;
    try {
      if (this._server?.isReachable !== true) {
        await this._bind();
      } else if (this._recorded === undefined || this._found() !== this._recorded) {
        this._record();
      }
    } catch (error) {
      this._options.log(`can't be reached, and can't say where it is: ${(error as Error).message}`);
    } finally {
      this._isMending = false;
    }
  }
}
