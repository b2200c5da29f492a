import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type CodeServerOptions, serverCommand } from '../editor/codeServer';
import { ownTemporary } from '../editor/ownTemporary';
import { poll } from '../support/poll';
import { freePort, SshServer } from '../support/sshServer';

const run = promisify(execFile);
const START_TIMEOUT_MS = 60_000;

/**
 * A VS Code server on a machine that is reached by ssh, as Remote-SSH has one: started by a command over one connection, which it outlives,
 * and reached through a port that another one forwards.
 */
export class FarServer {
  private _tunnel: ChildProcess | undefined;

  private constructor(
    private readonly _ssh: SshServer,
    private readonly _pid: number,
    private readonly _farPort: number,
    private readonly _nearPort: number,
  ) {}

  public static async start(options: CodeServerOptions): Promise<FarServer> {
    const ssh = await SshServer.start({
      folder: join(options.folder, 'ssh'),
      environment: { ...farEnvironment(options.environment), ...ownTemporary(options.folder) },
    });
    try {
      const log = join(options.folder, 'ssh/server.log');
      const words = [process.execPath, ...serverCommand(options)].map((word) => `'${word}'`).join(' ');
      const [client, ...rest] = ssh.client([], `nohup setsid ${words} > '${log}' 2>&1 < /dev/null & echo $!`);
      const { stdout } = await run(client, rest, { env: ssh.environment });
      const pid = Number(stdout);
      const port = await poll(
        () => /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(log, 'utf8'))?.[1],
        {
          timeoutMs: START_TIMEOUT_MS,
          what: 'the server to listen',
          state: () => readFileSync(log, 'utf8'),
        },
      );
      return new FarServer(ssh, pid, Number(port), await freePort());
    } catch (error) {
      await ssh.dispose();
      throw error;
    }
  }

  /** Where the workbench is while there is a connection, the same each time. */
  public get url(): string {
    return `http://127.0.0.1:${this._nearPort}`;
  }

  public async connect(): Promise<void> {
    const forward = `${this._nearPort}:127.0.0.1:${this._farPort}`;
    const [client, ...words] = this._ssh.client(['-N', '-L', forward]);
    this._tunnel = spawn(client, words, { stdio: 'ignore', env: this._ssh.environment });
    await poll(
      () =>
        fetch(`${this.url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeoutMs: START_TIMEOUT_MS, what: 'the server to be reached', state: () => this._tunnel?.exitCode },
    );
  }

  /** The network is gone: both ends of the connection die, and nobody says good-bye. */
  public async breakConnection(): Promise<void> {
    await this._endTunnel();
    await this._ssh.breakConnections();
  }

  public async dispose(): Promise<void> {
    try {
      process.kill(-this._pid, 'SIGKILL');
    } catch {
      // It did not come up.
    }
    await this._endTunnel();
    await this._ssh.dispose();
  }

  private async _endTunnel(): Promise<void> {
    const tunnel = this._tunnel;
    this._tunnel = undefined;
    if (tunnel !== undefined && tunnel.exitCode === null && tunnel.signalCode === null) {
      const ended = once(tunnel, 'exit');
      tunnel.kill('SIGKILL');
      await ended;
    }
  }
}

/** What the far machine gives whoever logs in; everything else of the near one stays here. */
const farEnvironment = (near: NodeJS.ProcessEnv): Readonly<Record<string, string>> => {
  const names = ['HOME', 'SHELL', 'PS1', 'HOLDFAST_SOCKET_DIR', 'HOLDFAST_DATA_DIR', 'HOLDFAST_SYSTEM_ROOT'];
  const kept = names.flatMap((name) => {
    const value = near[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), PATH: `${dirname(process.execPath)}:${near['PATH']}` };
};
