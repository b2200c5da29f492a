import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HoldfastError } from '../protocol/errors';
import { type Call, parse, wantsJson } from './program';
import { commands } from './table/table';

const read = async (...argv: string[]): Promise<Call> => {
  const call = await parse(argv, '1.2.3', () => assert.fail('nothing is to be printed'));
  assert.ok(call !== undefined);
  return call;
};

const refusal = async (...argv: string[]): Promise<HoldfastError> => {
  try {
    await read(...argv);
  } catch (error) {
    assert.ok(error instanceof HoldfastError, String(error));
    assert.equal(error.code, 'INVALID_INPUT');
    assert.notEqual(error.suggestion, '');
    return error;
  }
  return assert.fail('it was accepted');
};

const printed = async (...argv: string[]): Promise<string> => {
  let text = '';
  assert.equal(
    await parse(argv, '1.2.3', (part) => {
      text += part;
    }),
    undefined,
  );
  return text;
};

describe('options', () => {
  test('stand before or after the other words', async () => {
    for (const argv of [
      ['--json', 'new', 'build', '--group', 'ci'],
      ['new', '--group', 'ci', 'build', '--json'],
      ['new', '--group=ci', '--json', 'build'],
    ]) {
      const { spec, input } = await read(...argv);
      assert.equal(spec.name, 'new');
      assert.equal(input.argument('NAME'), 'build');
      assert.equal(input.text('group'), 'ci');
      assert.equal(wantsJson(argv), true);
    }
  });

  test('end at --, and what follows is the program, untouched', async () => {
    const argv = ['new', '--env', 'A=1', '-a', '--env', 'B=2', '--', 'sh', '--json', '--', '-c', ''];
    const { input } = await read(...argv);
    assert.deepEqual(input.program, ['sh', '--json', '--', '-c', '']);
    assert.equal(input.argument('NAME'), undefined);
    assert.equal(input.flag('attach'), true);
    assert.deepEqual(input.list('env'), [
      ['A', '1'],
      ['B', '2'],
    ]);
    assert.equal(wantsJson(argv), false);
  });

  test('behind -- of a command without a program are plain words', async () => {
    const { input } = await read('type', 'build', '--enter', '--', '--json');
    assert.equal(input.required('TEXT'), '--json');
    assert.equal(input.flag('enter'), true);
  });

  test('that exclude each other are told apart from ones not given', async () => {
    assert.equal((await read('set', 'x', '--pin')).input.flag('pin'), true);
    assert.equal((await read('set', 'x', '--no-pin')).input.flag('pin'), false);
    assert.equal((await read('set', 'x', '--note', '')).input.flag('pin'), undefined);
  });
});

describe('a TARGET in front of other words', () => {
  test('may be left out', async () => {
    const short = (await read('resize', '120', '40')).input;
    assert.deepEqual(
      [short.argument('TARGET'), short.required('COLS'), short.required('ROWS')],
      [undefined, '120', '40'],
    );
    const long = (await read('resize', 'build', '120', '40')).input;
    assert.deepEqual([long.argument('TARGET'), long.required('COLS')], ['build', '120']);
    assert.equal((await read('type', 'hello')).input.argument('TARGET'), undefined);
    assert.equal((await read('rename', 'a', 'b')).input.required('NAME'), 'b');
  });

  test('is the first of several words for a command that takes many', async () => {
    const { input } = await read('key', 'build', 'Escape', ':', 'q', 'Enter');
    assert.equal(input.argument('TARGET'), 'build');
    assert.deepEqual(input.words('KEYS'), ['Escape', ':', 'q', 'Enter']);
    assert.deepEqual((await read('key', 'Enter')).input.words('KEYS'), ['Enter']);
  });
});

describe('names of commands', () => {
  test('have the aliases that the contract gives them', async () => {
    assert.equal((await read('list-sessions')).spec.name, 'ls');
    assert.equal((await read('status')).spec.name, 'show');
    assert.equal((await read('send', 'x')).spec.name, 'type');
    assert.equal((await read('daemon', 'status')).spec.name, 'daemon status');
  });

  test('of later parts are unknown', async () => {
    for (const name of ['run', 'search', 'record', 'prune', 'template', 'mcp']) {
      assert.match((await refusal(name)).message, /^unknown command/);
    }
    for (const option of [
      '--template',
      '--workspace',
      '--resurrect',
      '--elements',
      '--settle',
      '--archive',
    ]) {
      assert.match((await refusal('new', option, 'x')).message, /^unknown option/);
    }
  });
});

describe('a call that is off', () => {
  test('says what was probably meant', async () => {
    assert.match((await refusal('atach')).suggestion, /holdfast attach/);
    assert.match((await refusal('list')).suggestion, /holdfast list-sessions/);
    assert.match((await refusal('daemon', 'stat')).suggestion, /holdfast daemon st/);
    assert.match((await refusal('ls', '--fitler', 'x')).suggestion, /--filter/);
    assert.match((await refusal('ls', '--state', 'runing')).suggestion, /running/);
  });

  test('is refused with what is missing or too much', async () => {
    assert.match((await refusal()).suggestion, /--help/);
    assert.match((await refusal('daemon')).suggestion, /--help/);
    assert.match((await refusal('rename')).message, /missing argument NAME/);
    assert.match((await refusal('completion')).message, /missing argument SHELL/);
    assert.match((await refusal('resize', 'a', '1', '2', '3')).message, /too many words/);
    assert.match((await refusal('new', 'vim', 'file')).suggestion, /--/);
    assert.match((await refusal('new', '--cwd')).message, /needs a value/);
    assert.match((await refusal('key', '--delay', 'x', 'a')).message, /--delay/);
  });
});

describe('help', () => {
  test('of every command has a sentence and an example', async () => {
    for (const { name, hidden, description } of commands) {
      if (hidden !== true) {
        const text = await printed(...name.split(' '), '--help');
        assert.match(text, /^Usage: holdfast/);
        assert.ok(text.replace(/\s+/g, ' ').includes(description.slice(0, 40)), name);
        assert.match(text, /Examples:\n {2}(holdfast|source)/, name);
        assert.match(text, /--json/);
      }
    }
  });

  test('lists every command and hides what is for machines', async () => {
    const text = await printed('--help');
    for (const { name, hidden } of commands) {
      assert.equal(text.includes(`  ${name.split(' ')[0]}`), hidden !== true, name);
    }
    for (const words of [['--help'], ['ls', '--help'], ['daemon', '--help'], ['daemon', 'stop', '--help']]) {
      assert.equal(
        (await printed(...words)).split('  --json ').length,
        2,
        `${words.join(' ')} tells of --json once`,
      );
    }
  });

  test('an option and its opposite are refused together', async () => {
    for (const words of [
      ['--pin', '--no-pin'],
      ['--no-pin', '--pin'],
    ]) {
      assert.match((await refusal('set', 'a', ...words)).message, /contradict/);
    }
    assert.equal((await read('set', 'a', '--no-pin', '--no-pin')).input.flag('pin'), false);
  });

  test('is one JSON value with --json', async () => {
    for (const words of [['help'], ['--help'], ['help', 'new'], ['new', '--help'], ['daemon', '--help']]) {
      assert.equal(
        await printed('--json', ...words),
        `${JSON.stringify((await printed(...words)).trimEnd())}\n`,
      );
    }
  });

  test('of a command that there is none of names it', async () => {
    const error = await refusal('help', 'atach');
    assert.match(error.message, /unknown command 'atach'/);
    assert.match(error.suggestion, /holdfast attach/);
    assert.match((await refusal('--json', 'help', 'foo')).message, /unknown command 'foo'/);
    for (const known of ['new', 'send', 'daemon', 'help']) {
      assert.match(await printed('help', known), /^Usage: holdfast/);
    }
  });

  test('and the version are printed without a command', async () => {
    assert.equal(await printed('--version'), '1.2.3\n');
    assert.equal(await printed('--json', '--version'), '"1.2.3"\n');
    assert.equal(await printed('--version', '--json'), '"1.2.3"\n');
  });
});
