import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { report } from './harness/report';
import { judge, type Results } from './harness/results';
import { distribution, median } from './harness/statistics';

const RUN = resolve(__dirname, 'run.mjs');
const isWindows = process.platform === 'win32';

describe('the benchmark', () => {
  it('counts as others do', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.deepEqual(distribution(hundred), { median: 50.5, p95: 95, p99: 99, min: 1, max: 100, count: 100 });
  });

  it('says of a figure what it keeps, and of one that is not there nothing', () => {
    const bounds = { must: { atMost: 1.2 }, aim: { atMost: 0.9 } };
    assert.equal(judge(0.9, bounds), 'aim');
    assert.equal(judge(1.2, bounds), 'must');
    assert.equal(judge(1.21, bounds), 'missed');
    assert.equal(judge(null, bounds), 'open');
    assert.equal(judge(0.99, { must: { atLeast: 1 } }), 'missed');
    assert.equal(judge(5, {}), 'no bound');
    assert.equal(judge(1.5, { aim: { atMost: 1 } }), 'aim missed');
    assert.equal(judge(1, { aim: { atMost: 1 } }), 'aim');
  });

  it('runs, ends what it has started, and writes its results', { skip: isWindows }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-bench-test-'));
    try {
      const run = spawnSync(process.execPath, [RUN, 'bench', '--quick', '--only', 'echo', '--out', folder], {
        encoding: 'utf8',
        env: { ...process.env, TMPDIR: folder },
        timeout: 120_000,
      });
      assert.equal(run.status, 0, run.stderr);
      const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results;
      assert.equal(results.quick, true);
      assert.deepEqual(results.failed, []);
      const own = results.samples.find(({ who }) => who === 'holdfast stream');
      assert.ok(own !== undefined && own.count > 0 && own.median > 0 && own.p95 >= own.median);
      assert.ok(results.figures.every(({ verdict, value }) => (verdict === 'open') === (value === null)));
      assert.equal(readFileSync(join(folder, 'results.md'), 'utf8'), report(results));
      assert.deepEqual(readdirSync(folder).sort(), ['results.json', 'results.md'], 'nothing else is left');
      assert.match(report(results), /\| echo of a typed key, holdfast stream, median against tmux \|/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ends what it has started when it is interrupted', { skip: isWindows, timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-bench-test-'));
    const run = spawn(process.execPath, [RUN, 'bench', '--only', 'echo'], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
      // As a terminal's Ctrl-C, which reaches all of them.
      detached: true,
    });
    try {
      const ended = once(run, 'exit');
      let said = '';
      for await (const chunk of run.stderr) {
        said += String(chunk);
        if (said.includes('echo: holdfast attach') && !said.includes('interrupted')) {
          assert.notDeepEqual(readdirSync(folder), [], 'something runs');
          process.kill(-(run.pid ?? 0), 'SIGINT');
        }
      }
      assert.match(said, /interrupted by SIGINT/);
      assert.deepEqual(await ended, [130, null]);
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('lists what there is to measure, with a line of what each is', { skip: isWindows }, () => {
    const { status, stdout } = spawnSync(process.execPath, [RUN, 'bench', '--list'], { encoding: 'utf8' });
    assert.equal(status, 0);
    const lines = stdout.trimEnd().split('\n');
    assert.ok(lines.some((line) => line.startsWith('echo  ')) && lines.length > 5, stdout);
    assert.deepEqual(
      lines.filter((line) => !/^[a-z-]+ {2,}\S.{20,}$/.test(line)),
      [],
    );
  });

  it('says in a sentence what is wrong with how it was called', { skip: isWindows }, () => {
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [['--only', 'nothing'], /^--only knows no 'nothing': echo, [^\n]*\n$/],
      [['--no-such-option'], /^Unknown option '--no-such-option'\nnpm run bench -- [^\n]*\n$/],
    ];
    for (const [args, said] of refusals) {
      const run = spawnSync(process.execPath, [RUN, 'bench', ...args], { encoding: 'utf8' });
      assert.deepEqual([run.status, run.stdout], [2, '']);
      assert.match(run.stderr, said);
    }
    const help = spawnSync(process.execPath, [RUN, 'bench', '--help'], { encoding: 'utf8' });
    assert.equal(help.status, 0);
    assert.match(help.stdout, /^npm run bench -- /);
  });
});
