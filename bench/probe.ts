import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEcho, typeKeys } from './measures/echo';
import { Holdfast, HoldfastContender } from './terminals/holdfast';

void (async () => {
  const h = new Holdfast();
  const way = (process.argv[2] ?? 'stream') as 'stream';
  const { view } = await openEcho(new HoldfastContender(h, way));
  const pids = await h.processes();
  console.error(pids);
  let s: ReturnType<typeof spawn> | undefined;
  if (process.argv[3] === 'strace') {
    s = spawn(
      'strace',
      [
        '-f',
        '-ttt',
        '-T',
        '-s',
        '60',
        '-o',
        '/tmp/hf/bench/x/trace',
        ...pids.flatMap((p) => ['-p', String(p)]),
        '-p',
        String(process.pid),
      ],
      { stdio: 'inherit' },
    );
    await sleep(1500);
    await typeKeys(view, 10);
    s.kill('SIGINT');
    await sleep(500);
  } else {
    for (let i = 0; i < 5; i++) {
      const t = [...(await typeKeys(view, 200))].sort((a, b) => a - b);
      console.log(
        'p25',
        t[50]?.toFixed(3),
        'p50',
        t[100]?.toFixed(3),
        'p75',
        t[150]?.toFixed(3),
        'p95',
        t[190]?.toFixed(3),
      );
    }
  }
  await view.close();
  await h.dispose();
})();
