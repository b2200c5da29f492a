import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asksSomebody, readDefinition, type TaskProgram } from './taskDefinition';

const read = (definition: Readonly<Record<string, unknown>>, platform: NodeJS.Platform = 'linux') =>
  readDefinition({ type: 'holdfast', ...definition }, platform);

const program = (definition: Readonly<Record<string, unknown>>, platform?: NodeJS.Platform): TaskProgram => {
  const read_ = read(definition, platform);
  assert.ok('command' in read_, JSON.stringify(read_));
  return read_;
};

describe('the definition of a task', () => {
  it('is a line for the shell, or a program with its arguments', () => {
    assert.equal(program({ command: 'npm run dev | cat' }).command, 'npm run dev | cat');
    assert.deepEqual(program({ command: ['npm', 'run', 'a b'] }).command, ['npm', 'run', 'a b']);
    assert.deepEqual(program({ command: 'npm', args: ['run', 'a b'] }).command, ['npm', 'run', 'a b']);
    assert.deepEqual(program({ command: 'npm', args: [] }).command, ['npm']);
  });

  it('has folder, variables and shell where tasks of VS Code have them', () => {
    const read_ = program({
      command: 'x',
      options: { cwd: '/a', env: { A: '1', B: '1' }, shell: { executable: '/bin/zsh', args: ['-f', '-c'] } },
      env: { B: '2' },
    });
    assert.deepEqual(read_.cwd, '/a');
    assert.deepEqual(read_.env, { A: '1', B: '2' });
    assert.deepEqual(read_.shell, { executable: '/bin/zsh', args: ['-f', '-c'] });
    assert.equal(program({ command: 'x', cwd: '/b', options: { cwd: '/a' } }).cwd, '/b');
  });

  it('is another one on a platform that has its own', () => {
    const both = { command: 'x', env: { A: '1' }, windows: { command: 'y', env: { B: '2' } } };
    assert.deepEqual([program(both).command, program(both, 'win32').command], ['x', 'y']);
    assert.deepEqual(program(both, 'win32').env, { A: '1', B: '2' });
  });

  it('says what is wrong with it', () => {
    assert.deepEqual(read({}), { field: 'command', wanted: 'command' });
    assert.deepEqual(read({ command: ' ' }), { field: 'command', wanted: 'command' });
    assert.deepEqual(read({ command: [] }), { field: 'command', wanted: 'command' });
    assert.deepEqual(read({ command: 'x', args: 'y' }), { field: 'args', wanted: 'texts' });
    assert.deepEqual(read({ command: 'x', cwd: 1 }), { field: 'cwd', wanted: 'text' });
    assert.deepEqual(read({ command: 'x', env: { A: 1 } }), { field: 'env', wanted: 'variables' });
    assert.deepEqual(read({ command: 'x', options: [] }), { field: 'options', wanted: 'object' });
  });

  it('tells whether running it asks somebody something', () => {
    assert.equal(asksSomebody({ env: { A: '${input:port}' } }), true);
    assert.equal(asksSomebody({ cwd: '${workspaceFolder}' }), false);
  });
});
