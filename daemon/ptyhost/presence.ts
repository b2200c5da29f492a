import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import { writePrivateFile } from '../platform/privateFile';
import { ensurePrivateFolder } from '../platform/privateFolder';
import { ownIdentity } from '../platform/processIdentity';
import { newToken } from '../platform/secrets';
import { newSocketPath } from '../platform/socketPath';
import { HOSTS_FOLDER } from '../protocol/endpoint';
import { PROTOCOL } from '../protocol/hello';
import type { HostRecord } from '../protocol/host';
import type { HostId } from '../protocol/ids';
import { listen, type ServerOptions } from '../transport/accept';
import type { Log } from './log';

/** How often a PTY host looks whether it can still be reached: rarely enough to cost nothing. */
const CHECK_MS = 5000;
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
 * (a logout, a cleaner of temporary files) it listens again under a fresh name; who is connected stays so.
 */
export class Presence extends Disposable {
  private readonly _token = newToken();
  private readonly _streamToken = newToken();
  private readonly _recordPath: string;
  private _path = '';

  private constructor(private readonly _options: PresenceOptions) {
    super();
    this._recordPath = join(_options.dataDir, HOSTS_FOLDER, `${_options.id}.json`);
    this._register(toDisposable(() => rmSync(this._recordPath, { force: true })));
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

  private async _bind(): Promise<void> {
    const { dataDir, runtimeDir, id, onControl, onStream, version, buildId } = this._options;
    ensurePrivateFolder(runtimeDir);
    ensurePrivateFolder(join(dataDir, HOSTS_FOLDER));
    const path = newSocketPath(runtimeDir, SOCKET_PREFIX);
    // An older server is kept: the connections it accepted are closed with it.
    this._register(
      await listen({
        path,
        token: this._token,
        streamToken: this._streamToken,
        version,
        onControl,
        ...(onStream === undefined ? {} : { onStream }),
      }),
    );
    this._path = path;
    const record: HostRecord = {
      id,
      ...ownIdentity(),
      socket: path,
      token: this._token,
      streamToken: this._streamToken,
      version,
      buildId,
      protocol: PROTOCOL,
    };
    writePrivateFile(this._recordPath, JSON.stringify(record));
  }

  private async _check(): Promise<void> {
    if (process.platform === 'win32' || this._isDisposed) {
      return;
    }
    try {
      const socketIsThere = lstatSync(this._path, { throwIfNoEntry: false })?.isSocket() === true;
      const recordIsThere = lstatSync(this._recordPath, { throwIfNoEntry: false }) !== undefined;
      if (!socketIsThere || !recordIsThere) {
        await this._bind();
      }
    } catch (error) {
      this._options.log(`can't be reached, and can't listen again: ${(error as Error).message}`);
    }
  }
}
