import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findOpenSsh, type OpenSsh } from './openSsh';
import { poll } from './poll';

/** sshd started as root wants it, even where it does without PAM and chroot. */
const PRIVILEGE_SEPARATION = '/run/sshd';
/** Two tests may ask for the same free port at once. */
const ATTEMPTS = 5;

export interface SshServerOptions {
  /** Takes its keys, its configuration and its log. */
  readonly folder: string;
  /** What programs on the far side begin with, besides what sshd gives them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A machine that is reached by ssh: an sshd on a loopback port, with keys and a configuration of its own. */
export class SshServer {
  private constructor(
    private readonly _openSsh: OpenSsh,
    private readonly _folder: string,
    private readonly _process: ChildProcess,
    private readonly _port: number,
    private readonly _madeFolder: boolean,
  ) {}

  public static async start({ folder, environment }: SshServerOptions): Promise<SshServer> {
    const openSsh = findOpenSsh();
    if (openSsh === undefined) {
      throw new Error('there is no sshd');
    }
    mkdirSync(folder, { recursive: true });
    for (const key of ['host', 'user']) {
      execFileSync(openSsh.keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)], {
        env: openSsh.environment,
      });
    }
    const isRoot = process.getuid?.() === 0;
    const madeFolder = isRoot && !existsSync(PRIVILEGE_SEPARATION);
    if (madeFolder) {
      mkdirSync(PRIVILEGE_SEPARATION, { mode: 0o755 });
    }
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      writeFileSync(join(folder, 'config'), configuration(openSsh, folder, port, environment));
      const child = spawn(openSsh.sshd, ['-D', '-e', '-f', join(folder, 'config')], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...openSsh.environment, ...(isRoot ? accounts(openSsh, folder) : {}) },
      });
      let said = '';
      child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
      const listens = await poll(
        () => (/Server listening/.test(said) ? 'yes' : child.exitCode === null ? undefined : 'no'),
        { what: 'sshd to listen', state: () => said },
      );
      if (listens === 'yes') {
        const hostKey = readFileSync(join(folder, 'host.pub'), 'utf8');
        writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
        return new SshServer(openSsh, folder, child, port, madeFolder);
      }
      if (attempt === ATTEMPTS) {
        throw new Error(`sshd did not listen: ${said}`);
      }
    }
  }

  /** What a client is started with. */
  public get environment(): NodeJS.ProcessEnv {
    return this._openSsh.environment;
  }

  /** The words of a client: `options` as `-tt`, then what is to run on the far side, its login shell where there is nothing. */
  public client(options: readonly string[] = [], command?: string): readonly [string, ...string[]] {
    const set = [
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${join(this._folder, 'known_hosts')}`,
      // Nothing of what the client has is told the far side, nor asked of its user's files.
      'SendEnv=-*',
      'ExitOnForwardFailure=yes',
    ];
    return [
      this._openSsh.ssh,
      ...['-F', 'none', '-i', join(this._folder, 'user'), '-p', String(this._port)],
      ...set.flatMap((option) => ['-o', option]),
      ...options,
      `${userInfo().username}@127.0.0.1`,
      ...(command === undefined ? [] : [command]),
    ];
  }

  /** The processes that serve connections; what runs over them is not among them. */
  public connections(): readonly number[] {
    return descendants(this._process.pid ?? 0).filter((pid) => /^sshd/.test(nameOf(pid)));
  }

  /** Every connection breaks at once, as with a network that is gone: nobody says good-bye. */
  public async breakConnections(): Promise<void> {
    const broken = this.connections();
    for (const pid of broken) {
      kill(pid);
    }
    await poll(() => this.connections().every((pid) => !broken.includes(pid)), {
      what: 'the connections to end',
      state: () => this.connections(),
    });
  }

  public async dispose(): Promise<void> {
    await this.breakConnections();
    if (this._process.exitCode === null) {
      const ended = once(this._process, 'exit');
      this._process.kill('SIGTERM');
      await ended;
    }
    if (this._madeFolder) {
      rmdirSync(PRIVILEGE_SEPARATION);
    }
  }
}

const configuration = (
  { helpers }: OpenSsh,
  folder: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): string => {
  const session = join(helpers, 'sshd-session');
  const authentication = join(helpers, 'sshd-auth');
  const variables = Object.entries(environment).map(([name, value]) => `"${name}=${value}"`);
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'user.pub')}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'PrintMotd no',
    'PrintLastLog no',
    ...(variables.length === 0 ? [] : [`SetEnv ${variables.join(' ')}`]),
    // sshd 9.8 and 10.0 moved parts of it into programs of their own.
    ...(existsSync(session) ? [`SshdSessionPath ${session}`] : []),
    ...(existsSync(authentication) ? [`SshdAuthPath ${authentication}`] : []),
    '',
  ].join('\n');
};

/** nss_wrapper(1): sshd drops its rights to an account that only its package's installation makes. */
const accounts = ({ accounts: library }: OpenSsh, folder: string): NodeJS.ProcessEnv => {
  // It takes no file with anything else in it, as the system does.
  const passwd = readFileSync('/etc/passwd', 'utf8').match(/^[^:\n]+(:[^:\n]*){6}$/gm) ?? [];
  if (library === undefined || passwd.some((line) => line.startsWith('sshd:'))) {
    return {};
  }
  const file = join(folder, 'passwd');
  writeFileSync(
    file,
    `${passwd.join('\n')}\nsshd:x:65533:65534::${PRIVILEGE_SEPARATION}:/usr/sbin/nologin\n`,
  );
  return { LD_PRELOAD: library, NSS_WRAPPER_PASSWD: file, NSS_WRAPPER_GROUP: '/etc/group' };
};

/** Of loopback, free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const descendants = (pid: number): readonly number[] => {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
};

/** Undefined of one that has ended. */
const parentOf = (pid: number): number | undefined => {
  const stat = readProc(pid, 'stat');
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === undefined || state === '' || state === 'Z' ? undefined : Number(parent);
};

const nameOf = (pid: number): string => readProc(pid, 'comm');

const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Ended meanwhile.
    return '';
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The one that held it has ended it.
  }
};
