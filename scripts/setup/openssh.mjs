import fs from 'node:fs';
import path from 'node:path';
import { tools } from '../paths.mjs';
import { run } from '../run.mjs';
import { say } from '../say.mjs';
import { once } from './install.mjs';

/** Where systems have their sshd; it stands on no user's PATH. */
const SYSTEM = '/usr/sbin/sshd';

/**
 * An sshd and an ssh for the tests over ssh: the system's, else Debian's packages, unpacked and not installed, so that no server starts and
 * no account is made. Where there are none, those tests say so.
 */
export async function ensureOpenSsh(env) {
  if (process.platform !== 'linux' || fs.existsSync(SYSTEM) || !fs.existsSync('/usr/bin/apt-get')) return;
  const folder = path.join(tools, 'openssh');
  try {
    await once(folder, 'openssh-server libnss-wrapper', () => fetchPackages(folder, env));
  } catch (error) {
    say(`there is no sshd for the tests over ssh: ${error instanceof Error ? error.message : error}`);
  }
}

async function fetchPackages(folder, env) {
  say("fetching OpenSSH (Debian's packages, unpacked below .tools)");
  const quiet = { env, quiet: true };
  let wanted = await wantedPackages(quiet);
  if (wanted === undefined || !(await download(wanted, folder, quiet))) {
    await run('apt-get', ['update', '-q'], quiet);
    wanted = await wantedPackages(quiet);
    if (wanted === undefined || !(await download(wanted, folder, quiet))) {
      throw new Error("apt-get can't fetch openssh-server: install it");
    }
  }
  for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.deb'))) {
    const unpacked = await run('dpkg', ['-x', path.join(folder, name), folder], quiet);
    if (unpacked.code !== 0) throw new Error(unpacked.output);
    fs.rmSync(path.join(folder, name));
  }
}

/** The server with what it needs and the system lacks; and what lets it run as root without an account of its own. */
async function wantedPackages(quiet) {
  const { code, output } = await run(
    'apt-get',
    ['install', '-s', '--no-install-recommends', 'openssh-server', 'libnss-wrapper'],
    quiet,
  );
  return code === 0 ? [...output.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name) : undefined;
}

const download = async (packages, folder, quiet) =>
  (await run('apt-get', ['download', '-q', ...packages], { ...quiet, cwd: folder })).code === 0;
