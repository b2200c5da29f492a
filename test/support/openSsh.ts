import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Where scripts/setup/openssh.mjs unpacks Debian's packages where the system has no sshd. */
const UNPACKED = resolve(__dirname, '../../.tools/openssh');
const SYSTEM_SSHD = '/usr/sbin/sshd';

/** The programs of OpenSSH, and what they have to be started with. */
export interface OpenSsh {
  readonly sshd: string;
  readonly ssh: string;
  readonly keygen: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Gives sshd the account it asks for as root, where the system has none. */
  readonly accounts: string | undefined;
  /** The programs that newer versions of sshd start for each connection. */
  readonly helpers: string;
}

/** An sshd that tests can start as the user they run as. */
export const findOpenSsh = (): OpenSsh | undefined => {
  if (process.platform !== 'linux') {
    return undefined;
  }
  if (existsSync(SYSTEM_SSHD)) {
    const ssh = onPath('ssh');
    const keygen = onPath('ssh-keygen');
    return ssh === undefined || keygen === undefined
      ? undefined
      : {
          ...{ sshd: SYSTEM_SSHD, ssh, keygen, environment: process.env, accounts: undefined },
          helpers: '/usr/lib/openssh',
        };
  }
  const sshd = join(UNPACKED, 'usr/sbin/sshd');
  const ssh = [join(UNPACKED, 'usr/bin/ssh'), onPath('ssh')].find(isThere);
  const keygen = [join(UNPACKED, 'usr/bin/ssh-keygen'), onPath('ssh-keygen')].find(isThere);
  if (!existsSync(sshd) || ssh === undefined || keygen === undefined) {
    return undefined;
  }
  const libraries = readdirSync(join(UNPACKED, 'usr/lib'))
    .map((name) => join(UNPACKED, 'usr/lib', name))
    .filter((folder) => /-linux-gnu/.test(folder));
  return {
    ...{ sshd, ssh, keygen },
    environment: { ...process.env, LD_LIBRARY_PATH: libraries.join(delimiter) },
    accounts: libraries.map((folder) => join(folder, 'libnss_wrapper.so')).find(existsSync),
    helpers: join(UNPACKED, 'usr/lib/openssh'),
  };
};

/** For tests that need one: false, or why they can't be run here. */
export const whyNoSsh = (): string | false => {
  if (process.platform !== 'linux') {
    return 'an sshd of its own and /proc: run on Linux';
  }
  return findOpenSsh() === undefined
    ? 'there is no sshd, and none could be fetched by apt-get: install openssh-server'
    : false;
};

const isThere = (path: string | undefined): path is string => path !== undefined && existsSync(path);

const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);
