import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { parsePs } from './processes/ps';
import { parseProcesses } from './processes/windows';
import { startTimeOf } from './processIdentity';
import { carriesVariable, listProcesses, sessionKey, withDescendants } from './processTree';

describe('the processes', () => {
  it('are listed with what identifies them', async () => {
    const own = (await listProcesses()).find((entry) => entry.pid === process.pid);
    assert.equal(own?.parent, process.ppid);
    assert.equal(own?.zombie, false);
    assert.match(own?.command ?? '', /node/);
    assert.ok((own?.rssBytes ?? 0) > 10_000_000 && (own?.rssBytes ?? 0) < 10_000_000_000);
    assert.ok((own?.cpuMs ?? 0) > 0);
    if (process.platform !== 'win32') {
      assert.equal(own?.startTime, startTimeOf(process.pid));
    }
  });

  it('of a session are known by it, their marks and their parents', {
    skip: process.platform !== 'linux' && '/proc',
    timeout: 10_000,
  }, async () => {
    const child = spawn('sh', ['-c', 'sleep 100 & echo ready; wait'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, HF_MARK: 'here' },
    });
    const pid = child.pid ?? 0;
    try {
      await once(child.stdout, 'data');
      let processes = await listProcesses();
      // The shell says that it is ready when it has forked, which may be before its child is what it will be.
      while (processes.every((entry) => entry.command !== 'sleep 100' || entry.parent !== pid)) {
        processes = await listProcesses();
      }
      const members = processes.filter((entry) => entry.session === sessionKey(pid, null));
      assert.deepEqual(members.map((entry) => entry.command).sort(), [
        'sh -c sleep 100 & echo ready; wait',
        'sleep 100',
      ]);
      assert.deepEqual(
        withDescendants(processes, new Set([pid])).map((entry) => entry.pid),
        members.map((entry) => entry.pid),
      );
      assert.ok(carriesVariable(pid, 'HF_MARK', 'here'));
      assert.ok(!carriesVariable(pid, 'HF_MARK', 'her'));
    } finally {
      process.kill(-pid, 'SIGKILL');
      await once(child, 'exit');
    }
  });

  it('are read from what ps prints on macOS', () => {
    const text = [
      '    1     0 ??       Ss     9120   0:12.34 Mon Sep  1 08:00:00 2025 /sbin/launchd',
      '  501     1 ttys003  Ss+    2048 1-02:03:04 Tue Sep 12 18:30:59 2025 -zsh with  spaces',
      '  502   501 ttys003  Z         0   0:00.00 Tue Sep 12 18:31:00 2025 (sleep)',
      '',
    ].join('\n');
    assert.deepEqual(parsePs(text), [
      {
        pid: 1,
        parent: 0,
        session: null,
        startTime: 'Mon Sep  1 08:00:00 2025',
        zombie: false,
        command: '/sbin/launchd',
        rssBytes: 9120 * 1024,
        cpuMs: 12_340,
      },
      {
        pid: 501,
        parent: 1,
        session: 'ttys003',
        startTime: 'Tue Sep 12 18:30:59 2025',
        zombie: false,
        command: '-zsh with  spaces',
        rssBytes: 2048 * 1024,
        cpuMs: 93_784_000,
      },
      {
        pid: 502,
        parent: 501,
        session: 'ttys003',
        startTime: 'Tue Sep 12 18:31:00 2025',
        zombie: true,
        command: '(sleep)',
        rssBytes: 0,
        cpuMs: 0,
      },
    ]);
  });

  it('are read from what PowerShell prints on Windows', () => {
    const text =
      '[{"p":4,"q":0,"n":"System","c":null,"r":1024,"u":0,"k":20000},{"p":9,"q":4,"n":"a.exe","c":"a.exe -x","r":null,"u":null,"k":null}]';
    assert.deepEqual(
      parseProcesses(text).map(({ pid, parent, command, cpuMs }) => ({ pid, parent, command, cpuMs })),
      [
        { pid: 4, parent: 0, command: 'System', cpuMs: 2 },
        { pid: 9, parent: 4, command: 'a.exe -x', cpuMs: null },
      ],
    );
    assert.deepEqual(parseProcesses('no JSON'), []);
  });
});
