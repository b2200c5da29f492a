import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { CLI, Holdfast } from './support/holdfast';

describe('calls that need no daemon', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('start none', async () => {
    assert.deepEqual(await holdfast.json(['daemon', 'status']), { running: false });
    assert.equal(await holdfast.text(['daemon', 'status']), 'no daemon is running\n');
    assert.equal((await holdfast.json<{ stopped: boolean }>(['daemon', 'stop'])).stopped, false);
    assert.match(await holdfast.text(['--help']), /^Usage: holdfast/);
    assert.match(await holdfast.text(['--version']), /^\d+\.\d+\.\d+/);
    for (const shell of ['bash', 'zsh', 'fish']) {
      assert.match(await holdfast.text(['completion', shell]), /holdfast/);
    }
    assert.equal(await holdfast.text(['__complete', 'sessions']), '');
    const doctor = await holdfast.json<{ ok: boolean; findings: { check: string; status: string }[] }>([
      'doctor',
    ]);
    assert.equal(doctor.ok, true);
    assert.ok(doctor.findings.length >= 5);
    assert.equal(existsSync(holdfast.env['HOLDFAST_DATA_DIR'] ?? ''), false);
    assert.equal(existsSync(holdfast.env['HOLDFAST_SOCKET_DIR'] ?? ''), false);
  });

  test('say so when what they print can not be written', { skip: !existsSync('/dev/full') }, () => {
    for (const [flags, expected] of [
      [[], /^error: the result can't be written: .*ENOSPC.*\nhint: .*nothing has been changed\.\n$/m],
      [['--json'], /^\{"code":"INTERNAL_ERROR",.*ENOSPC.*"suggestion":".+\}\n$/],
    ] as const) {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [CLI, ...flags, 'ls'], {
        env: holdfast.env,
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      assert.equal(status, 1);
      assert.match(stderr, expected);
    }
  });

  test('refuse what they do not know, in both formats', async () => {
    await holdfast.refused(2, 'INVALID_INPUT', ['frobnicate']);
    await holdfast.refused(2, 'INVALID_INPUT', []);
    await holdfast.refused(2, 'INVALID_INPUT', ['ls', '--frobnicate']);
    await holdfast.refused(2, 'INVALID_INPUT', ['new', '--cols', 'wide']);
    await holdfast.refused(2, 'INVALID_INPUT', ['new', '--ttl', 'soon']);
    await holdfast.refused(2, 'INVALID_INPUT', ['new', '--tag', '']);
    await holdfast.refused(2, 'INVALID_INPUT', ['snapshot', '--format', 'png']);
    await holdfast.refused(2, 'INVALID_INPUT', ['completion', 'tcsh']);
    await holdfast.refused(2, 'INVALID_INPUT', ['wait', '--until', 'x']);
    const error = await holdfast.refused(2, 'INVALID_INPUT', ['atach']);
    assert.match(error.suggestion, /holdfast attach/);
  });

  test('refuse words that are not UTF-8, and take the sign for such bytes itself', async () => {
    for (const json of ['', '--json']) {
      const line = `exec '${process.execPath}' '${holdfast.cli}' ${json} ls --filter "$(printf 'a\\377')"`;
      const { status, stdout, stderr } = await holdfast.shell(line);
      assert.deepEqual([status, stdout], [2, ''], stderr);
      assert.match(stderr, /not UTF-8/);
      assert.match(stderr, json === '' ? /^hint: /m : /"code":"INVALID_INPUT"/);
    }
    const { stdout } = await holdfast.run(['help', '--json', 'ls', '\ufffd']);
    assert.equal(process.platform !== 'linux' || stdout.startsWith('"Usage:'), true, stdout);
  });

  test('say what is wrong with the folders', async () => {
    const { status, stdout } = await holdfast.run(['doctor', '--json'], {
      env: { HOLDFAST_SOCKET_DIR: `/tmp/${'x'.repeat(120)}` },
    });
    assert.equal(status, 1);
    assert.match(stdout, /HOLDFAST_SOCKET_DIR/);
  });
});

describe('a reader that goes away', () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('is no error worth a word', async () => {
    const child = holdfast.start(['completion', 'bash']);
    child.stdout?.destroy();
    let stderr = '';
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    await new Promise((resolve) => child.once('close', resolve));
    assert.equal(stderr, '');
  });
});
