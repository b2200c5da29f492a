import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isInteractiveShell } from '../../daemon/platform/interactiveShell';
import { closesWithProgram, type EndedProgram, shellStatus } from './programEnd';

const ended = (how: Partial<EndedProgram>): boolean =>
  closesWithProgram({
    status: { exitCode: 0, signal: null },
    command: ['npm', 'test'],
    typed: false,
    asked: false,
    ...how,
  });
const failed = { exitCode: 1, signal: null };
const killed = { exitCode: null, signal: 'SIGKILL' };

describe('the tab of a program that ends', () => {
  it('closes when all went well', () => assert.equal(ended({}), true));
  it('stays when the program failed, typed to or not', () => {
    assert.equal(ended({ status: failed }), false);
    assert.equal(ended({ status: failed, typed: true }), false);
  });
  it('stays when a signal ended it', () => {
    assert.equal(ended({ status: killed }), false);
    assert.equal(ended({ status: killed, command: ['bash'], typed: true }), false);
  });
  it('closes when this window asked for the end', () =>
    assert.equal(ended({ status: killed, asked: true }), true));
  it('closes with a shell that somebody left, whatever its last command said', () =>
    assert.equal(ended({ status: failed, command: ['/bin/bash', '-l'], typed: true }), true));
  it('stays with a shell that failed before anybody typed', () =>
    assert.equal(ended({ status: failed, command: ['/bin/bash', '-l'] }), false));
});

describe('a shell that waits for somebody to type', () => {
  const shells = [
    [],
    ['bash'],
    ['/bin/bash', '--noprofile', '--norc'],
    ['/usr/bin/zsh', '-l'],
    ['bash', '--rcfile', '/etc/rc', '-i'],
    ['C:\\Windows\\System32\\cmd.exe'],
    ['cmd.exe', '/k', 'setup.bat'],
    ['pwsh.exe', '-NoLogo'],
    ['powershell', '-NoExit', '-Command', 'Import-Module x'],
  ];
  for (const command of shells) {
    it(`is '${command.join(' ')}'`, () => assert.equal(isInteractiveShell(command), true));
  }
  const programs = [
    ['npm', 'start'],
    ['sh', '-c', 'npm start'],
    ['bash', '-lc', 'make'],
    ['bash', 'build.sh'],
    ['fish', '--command=ls'],
    ['cmd.exe', '/d', '/c', 'dir'],
    ['pwsh', '-File', 'x.ps1'],
    ['pwsh', '-c', 'ls'],
  ];
  for (const command of programs) {
    it(`is not '${command.join(' ')}'`, () => assert.equal(isInteractiveShell(command), false));
  }
});

describe('how a program has ended, as one number', () => {
  it('is its exit code, or 128 and its signal, as shells have it', () => {
    assert.equal(shellStatus({ exitCode: 3, signal: null }), 3);
    assert.equal(shellStatus({ exitCode: null, signal: 'SIGKILL' }), 137);
    assert.equal(shellStatus({ exitCode: null, signal: null }), undefined);
  });
});
