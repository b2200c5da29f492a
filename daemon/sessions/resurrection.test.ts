import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { HoldfastError } from '../protocol/errors';
import type { TerminalRow } from '../store/rows';
import { terminalRow } from '../store/testRows';
import { lastFolder, revive } from './resurrection';

describe('what comes back in a lost terminal', { skip: process.platform === 'win32' }, () => {
  let work: string;
  const lost = (changes: Partial<TerminalRow>): TerminalRow =>
    terminalRow('t', 's', {
      state: 'lost',
      cwd: work,
      environment: { SHELL: '/bin/sh', PATH: '/usr/bin:/bin' },
      seenCwd: null,
      ...changes,
    });

  before(() => {
    work = realpathSync(mkdtempSync(join(tmpdir(), 'hf-revive-')));
    mkdirSync(join(work, 'deep'));
  });
  after(() => rmSync(work, { recursive: true }));

  it('is the shell it had, without options that run anything', () => {
    const row = lost({
      command: ['bash', '--norc', '--rcfile', '/tmp/x', '-i'],
      executable: '/bin/bash',
      args: ['--norc', '--rcfile', '/tmp/x', '-i'],
    });
    const { executable, args, standIn } = revive(row, 'build', 'shell');
    assert.deepEqual([executable, args, standIn], ['/bin/bash', ['--norc', '-i'], null]);
    assert.deepEqual(revive(row, 'build', 'program').args, row.args);
  });

  it('is a login shell where a program ran, which says how that is started', () => {
    const row = lost({ command: ['sh', '-c', 'rm -rf x\x1b[2J'], executable: '/bin/sh', args: ['-c', 'x'] });
    const { executable, args, standIn, separator } = revive(row, 'build', 'shell');
    assert.deepEqual([executable, standIn], ['/bin/sh', ['/bin/sh', ...args]]);
    assert.ok(!args.includes('-c'));
    assert.match(
      separator.join('|'),
      /^--- resurrected [-0-9]+ [:0-9]+ ---\|--- 'holdfast restart build' starts sh/,
    );
    assert.doesNotMatch(separator.join(''), /\x1b/);
  });

  it('is the program, where it was started, only when that is asked for', () => {
    const row = lost({ command: ['cat'], executable: '/bin/cat', args: [], seenCwd: join(work, 'deep') });
    const { executable, cwd, standIn } = revive(row, 'build', 'program');
    assert.deepEqual([executable, cwd, standIn], ['/bin/cat', work, null]);
    assert.equal(revive(row, 'build', 'shell').cwd, join(work, 'deep'));
  });

  it('is refused where its program or its folder is gone, and nothing else is run', () => {
    const codeOf = (changes: Partial<TerminalRow>): string => {
      try {
        return revive(lost({ command: ['x'], ...changes }), 'build', 'program').executable;
      } catch (error) {
        return (error as HoldfastError).code;
      }
    };
    assert.equal(codeOf({ executable: '/no/such/program' }), 'SPAWN_FAILED');
    assert.equal(codeOf({ executable: '/bin/cat', cwd: join(work, 'gone') }), 'CWD_NOT_FOUND');
  });

  it('begins in the last folder that is known and there, and says which one is gone', () => {
    const [told, seen, cwd] = ['told', 'deep', ''].map((name) => join(work, name));
    assert.deepEqual(lastFolder({ lastCwd: null, seenCwd: seen ?? '', cwd: cwd ?? '' }), { cwd: seen });
    assert.deepEqual(lastFolder({ lastCwd: told ?? '', seenCwd: seen ?? '', cwd: cwd ?? '' }), {
      cwd: seen,
      gone: told,
    });
    assert.equal(lastFolder({ lastCwd: 'not/absolute', seenCwd: null, cwd: work }).cwd, work);
    const row = lost({ command: [], executable: '/bin/sh', args: [], lastCwd: `${told}\x1b[31m` });
    const { separator } = revive(row, 'build', 'shell');
    assert.match(separator[1] ?? '', /told\\x1b\[31m is gone: this is .*hf-revive-/);
  });
});
