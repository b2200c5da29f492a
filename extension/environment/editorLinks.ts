import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { ensurePrivateFolder } from '../../daemon/client';

/** Below the runtime folder. */
const FOLDER = 'editor';
/** unix(7): 108 bytes with the end mark, 104 on macOS. Beyond that a link could not be connected to. */
const MAX_SOCKET_PATH_BYTES = 103;
/** A window that does not take a connection by then is taken for gone. */
const CONNECT_TIMEOUT_MS = 500;

/**
 * The sockets by which programs reach the window they were started in, and what a link to each is called. The ssh agent is of
 * them because one that is forwarded to a remote machine ends with the connection that the window came by.
 */
const SOCKETS = { VSCODE_IPC_HOOK_CLI: 'cli', VSCODE_GIT_IPC_HANDLE: 'git', SSH_AUTH_SOCK: 'ssh' } as const;
type SocketKind = (typeof SOCKETS)[keyof typeof SOCKETS];

interface WindowSocket {
  readonly name: keyof typeof SOCKETS;
  readonly kind: SocketKind;
  readonly socket: string;
}

/**
 * Paths that stay the same for `code FILE`, git's questions and the ssh agent in sessions that outlive the window they were started in:
 * links to the window's sockets, by the folders it has open, set anew by each window of these folders. Links whose
 * window is gone lead to whichever window attaches next. Windows has nothing like it for named pipes.
 */
export class EditorLinks {
  private readonly _folder: string;

  /** @param _key names the folders that the window has open */
  public constructor(
    private readonly _runtimeDir: string,
    private readonly _key: string,
  ) {
    this._folder = join(_runtimeDir, FOLDER);
  }

  /** Leads this window's links to its sockets. @returns the environment with the links in their place */
  public apply(environment: Readonly<Record<string, string>>): Record<string, string> {
    const result = { ...environment };
    for (const { name, kind, socket } of this._sockets(environment)) {
      const path = this._path(kind);
      if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) {
        ensurePrivateFolder(this._runtimeDir);
        ensurePrivateFolder(this._folder);
        // An extension host that has outlived its ssh connection names an agent that is gone.
        if (existsSync(socket) || !existsSync(path)) {
          setLink(path, socket);
        }
        result[name] = path;
      }
    }
    return result;
  }

  /** Whether sessions have such a link that is to lead here: of a window of these folders, or of one that is gone. */
  public async isWanted(kind: SocketKind): Promise<boolean> {
    for (const link of this._links(kind)) {
      if (link === this._path(kind) || !(await answers(link))) {
        return true;
      }
    }
    return false;
  }

  /** Takes over the links of windows that are gone. */
  public async adopt(environment: Readonly<Record<string, string>>): Promise<void> {
    for (const { kind, socket } of this._sockets(environment)) {
      for (const link of existsSync(socket) ? this._links(kind) : []) {
        if (readlinkSync(link) !== socket && !(await answers(link))) {
          setLink(link, socket);
        }
      }
    }
  }

  private _sockets(environment: Readonly<Record<string, string>>): readonly WindowSocket[] {
    const entries = Object.entries(SOCKETS) as [keyof typeof SOCKETS, SocketKind][];
    return process.platform === 'win32'
      ? []
      : entries.flatMap(([name, kind]) => {
          const socket = environment[name];
          // The editor may itself run in a session, and have inherited a link.
          return socket === undefined || socket === '' || this.isLink(socket) ? [] : [{ name, kind, socket }];
        });
  }

  /** Whether a path is one of these links, of whatever window. */
  public isLink(path: string): boolean {
    return dirname(path) === this._folder;
  }

  private _path(kind: SocketKind): string {
    return join(this._folder, `${this._key}.${kind}`);
  }

  private _links(kind: SocketKind): readonly string[] {
    try {
      return readdirSync(this._folder)
        .filter((name) => name.endsWith(`.${kind}`))
        .map((name) => join(this._folder, name));
    } catch {
      // No session has been started from a window since the runtime folder was made.
      return [];
    }
  }
}

/** By rename, so that there is no moment without one. */
const setLink = (path: string, target: string): void => {
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing?.isSymbolicLink() === true && readlinkSync(path) === target) {
    return;
  }
  const temporary = `${path}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  renameSync(temporary, path);
};

/** A socket's file outlives its process when that was killed: only a connection tells. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const done = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
