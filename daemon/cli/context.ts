import type { RequestType } from 'vscode-jsonrpc';
import type { Connection } from '../client/connection';
import type { ConnectOptions } from '../client/options';
import { printableJson } from '../platform/printable';
import { HoldfastError, type WireError } from '../protocol/errors';
import { SessionShow, type Target } from '../protocol/sessions';
import { Variable } from '../protocol/variables';
import { invalid } from './arguments/invalid';
import { type Style, styleFor } from './output/style';
import type { CommandSpec } from './table/spec';

/** What one run of the command line has around it. */
export class Context {
  private _connection: Connection | undefined;
  /** Which session was meant, when the caller did not say; told with the result. */
  private _session: string | undefined;

  public constructor(
    public readonly json: boolean,
    public readonly env: NodeJS.ProcessEnv,
    public readonly stdout: NodeJS.WriteStream,
    public readonly stderr: NodeJS.WriteStream,
    /** What can be called. */
    public readonly commands: readonly CommandSpec[],
  ) {}

  public get connectOptions(): ConnectOptions {
    return { kind: 'cli', environment: this.env };
  }

  public get style(): Style {
    return styleFor(this.stdout, this.env);
  }

  /** Cells across the terminal that results go to; undefined when it is none. */
  public get width(): number | undefined {
    return this.stdout.isTTY === true ? this.stdout.columns : undefined;
  }

  /** The connection of this run; starts a daemon when none runs. */
  public async connection(start: 'always' | 'never' = 'always'): Promise<Connection> {
    if (this._connection === undefined) {
      const { Connection: Opened } = await import('../client/connection');
      try {
        this._connection = await Opened.open({ ...this.connectOptions, start });
      } catch (error) {
        const { explainStartFailure } = await import('./startFailure');
        throw start === 'always' ? explainStartFailure(error, this.env) : error;
      }
    }
    return this._connection;
  }

  /** The connection, or undefined when no daemon runs. @throws HoldfastError AUTH_FAILED where that can't be seen */
  public async connectionIfRunning(): Promise<Connection | undefined> {
    const [{ isDead, readEndpoint }, { resolveLocations }, { requirePrivateFolder }] = await Promise.all([
      import('../client/endpoint'),
      import('../platform/locations'),
      import('../platform/privateFolder'),
    ]);
    const { dataDir } = resolveLocations(this.env);
    // One that can't be looked into says nothing of whether a daemon runs.
    requirePrivateFolder(dataDir);
    const endpoint = readEndpoint(dataDir);
    if (endpoint === undefined || isDead(endpoint)) {
      return undefined;
    }
    return this.connection('never');
  }

  /** One call; starts a daemon when none runs. @throws HoldfastError */
  public async call<P, R>(type: RequestType<P, R, WireError>, params: P): Promise<R> {
    return (await this.connection()).call(type, params);
  }

  /** What the daemon resolves a TARGET from. @throws HoldfastError INVALID_INPUT when it is empty */
  public target(text: string | undefined, how: { readonly explicit?: boolean } = {}): Target {
    if (text === '') {
      // As from a variable that is not set: to guess what was meant would hit the wrong session.
      throw invalid('TARGET is empty', 'Give SESSION or SESSION:TERMINAL, or leave it out.');
    }
    const environment = this.env[Variable.SESSION];
    return {
      ...(text === undefined ? {} : { text }),
      ...(environment === undefined || environment === '' ? {} : { environment }),
      ...(how.explicit === true ? { explicit: true } : {}),
    };
  }

  /**
   * The same for a call whose result does not say where it went: when no session is named and this is none's
   * terminal, the one that is meant is told on stderr with the result; not with `--json`, where only errors are.
   * @throws HoldfastError
   */
  public async toldTarget(text: string | undefined): Promise<Target> {
    const target = this.target(text);
    if (this.json || target.text !== undefined || target.environment !== undefined) {
      return target;
    }
    const { session } = await this.call(SessionShow.type, { target });
    if (session === undefined) {
      return target;
    }
    this._session = session.name;
    return { text: session.id };
  }

  /** The caller's folder. @throws HoldfastError CWD_NOT_FOUND when it has been deleted */
  public workingFolder(): string {
    try {
      return process.cwd();
    } catch {
      throw new HoldfastError(
        'CWD_NOT_FOUND',
        'the folder this shell is in no longer exists',
        "Change to a folder that exists, or give one with '--cwd FOLDER'.",
      );
    }
  }

  /** The result: `value` as one line of JSON, or the text for people. */
  public result(value: object, text: () => string): void {
    this.print(this.json ? `${printableJson(value)}\n` : text());
  }

  public print(text: string | Uint8Array): void {
    if (this._session !== undefined) {
      this.notice(`session: ${this._session}`);
      this._session = undefined;
    }
    if (text.length > 0) {
      this.stdout.write(text);
    }
  }

  /** Says something that is no result. */
  public notice(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  public dispose(): void {
    this._connection?.dispose();
  }
}
