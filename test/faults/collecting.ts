import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUMS_FILE, writeSums } from '../../daemon/client/copySums';
import { RUNTIME_FOLDER } from '../../daemon/protocol/endpoint';
import type { Place } from '../integration/clientFixture';
import { poll } from '../support/poll';

const CHANNEL = 'holdfast-collect';
const PATIENCE_MS = 30_000;
/** A thread that has not answered for so long is not there. */
const SILENCE_MS = 1000;

/**
 * Has daemons and PTY hosts that are started from now on collect their garbage when they are asked, in all of their
 * threads, and tell what is left: what a process holds at any moment is mostly what V8 has not looked through yet, and differs by 50 MB.
 */
export class Collecting {
  private readonly _told: string;

  public constructor(place: Place) {
    this._told = join(place.folder, 'collected');
    const runtime = join(place.dataDir, RUNTIME_FOLDER);
    const program = join(runtime, readdirSync(runtime)[0] ?? '');
    for (const [name, own] of [
      ['daemonServer.js', collectOnSignal(this._told)],
      ['ptyhost.js', collectOnSignal(this._told)],
      ['screenWorker.js', COLLECT_IN_WORKER],
    ] as const) {
      const path = join(program, name);
      // Replaced as a whole: a worker may be started at any moment.
      writeFileSync(`${path}.new`, `${own}\n${readFileSync(path, 'utf8')}`);
      renameSync(`${path}.new`, path);
    }
    // Else whoever starts the next daemon would take them for damaged, and copy them again.
    const sums = JSON.parse(readFileSync(join(program, SUMS_FILE), 'utf8')) as Record<string, string>;
    writeSums(
      program,
      Object.keys(sums).filter((name) => name !== SUMS_FILE),
    );
  }

  /** @param pid of one that was started since @returns what its threads keep, in kB */
  public async live(pid: number): Promise<number> {
    rmSync(this._told, { force: true });
    process.kill(pid, 'SIGUSR2');
    await poll(() => existsSync(this._told), {
      what: 'its garbage to be collected',
      timeoutMs: PATIENCE_MS,
    });
    return Number(readFileSync(this._told, 'utf8')) / 1000;
  }
}

/** V8's own call, which Node has only with a flag; twice, as some of it is only found to be garbage by the first. */
const COLLECT = `() => {
  require('node:v8').setFlagsFromString('--expose-gc');
  const collect = require('node:vm').runInNewContext('gc');
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}`;

/** The workers are asked first, and answer. */
const collectOnSignal = (told: string): string => `
process.on('SIGUSR2', () => {
  const fs = require('node:fs');
  const channel = new BroadcastChannel('${CHANNEL}');
  let live = 0;
  const tell = () => {
    channel.close();
    fs.writeFileSync(${JSON.stringify(`${told}.new`)}, String(live + (${COLLECT})()));
    fs.renameSync(${JSON.stringify(`${told}.new`)}, ${JSON.stringify(told)});
  };
  let timer = setTimeout(tell, ${SILENCE_MS});
  channel.onmessage = ({ data }) => {
    live += data;
    clearTimeout(timer);
    timer = setTimeout(tell, ${SILENCE_MS});
  };
  channel.postMessage('collect');
});`;

const COLLECT_IN_WORKER = `{
  const channel = new BroadcastChannel('${CHANNEL}');
  channel.onmessage = ({ data }) => data === 'collect' && channel.postMessage((${COLLECT})());
  channel.unref();
}`;
