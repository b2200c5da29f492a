import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HoldfastError } from '../protocol/errors';
import type { SessionId } from '../protocol/ids';
import type { Target } from '../protocol/sessions';
import type { SessionRow, TerminalRow } from '../store/rows';
import { type Candidates, resolveTarget, terminalOf } from './target';

const session = (id: string, name: string, lastUsedAt = 0): SessionRow =>
  ({ id, name, lastUsedAt }) as unknown as SessionRow;

const terminal = (id: string, name: string): TerminalRow => ({ id, name }) as unknown as TerminalRow;

const candidates = (sessions: readonly SessionRow[], ended: readonly string[] = []): Candidates => ({
  sessions,
  terminalsOf: (id) => [terminal(`t-${id}`, 'main'), terminal(`u-${id}`, 'build')],
  isListed: (id: SessionId) => !ended.includes(id),
});

const two = candidates([session('abcd00000001', 'web'), session('abcd00000002', 'abcd')]);

const nameOf = (target: Target, among: Candidates): string => resolveTarget(target, among).session.name;

const refused = (target: Target, among: Candidates): HoldfastError => {
  try {
    resolveTarget(target, among);
  } catch (error) {
    return error as HoldfastError;
  }
  throw new assert.AssertionError({ message: 'it was resolved' });
};

describe('a target', () => {
  it('that is none is told from the first twenty names there are, in order, and how many more', () => {
    const made = Array.from({ length: 23 }, (_, index) => session(`id-${index}`, `job-${(index * 7) % 23}`));
    const { suggestion, details } = refused({ text: 'nobody' }, candidates(made));
    const first = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    assert.ok(suggestion.endsWith(`: ${first.join(', ')}, and 3 more.`), suggestion);
    assert.deepEqual(details, { candidates: first });
  });

  it('is a name, an id, or a unique beginning of an id', () => {
    assert.equal(nameOf({ text: 'web' }, two), 'web');
    assert.equal(nameOf({ text: 'abcd00000001' }, two), 'web');
    assert.equal(nameOf({ text: 'abcd00000002' }, two), 'abcd');
    assert.equal(nameOf({ text: 'zzzz' }, candidates([session('zzzz00000001', 'only')])), 'only');
  });

  it('is the id where another session has that as its name', () => {
    const posing = candidates([session('abcd00000002', 'abcd00000001'), session('abcd00000001', 'web')]);
    assert.equal(nameOf({ text: 'abcd00000001' }, posing), 'web');
    assert.equal(nameOf({ environment: 'abcd00000001' }, posing), 'web');
  });

  it('is the name where a beginning of ids would fit too', () => {
    assert.equal(nameOf({ text: 'abcd' }, two), 'abcd');
  });

  it('is refused with the candidates when the beginning fits several, and not found when it is short', () => {
    const error = refused({ text: 'abcd0' }, two);
    assert.equal(error.code, 'INVALID_INPUT');
    assert.deepEqual((error.details as { candidates: unknown }).candidates, ['abcd', 'web']);
    assert.equal(refused({ text: 'abc' }, two).code, 'SESSION_NOT_FOUND');
    assert.equal(refused({ text: 'Web' }, two).code, 'SESSION_NOT_FOUND');
  });

  it('names a terminal behind a colon', () => {
    assert.equal(resolveTarget({ text: 'web:build' }, two).terminal?.name, 'build');
    assert.equal(resolveTarget({ text: 'abcd00000001:u-abcd00000001' }, two).terminal?.name, 'build');
    assert.equal(refused({ text: 'web:nope' }, two).code, 'TERMINAL_NOT_FOUND');
    assert.equal(resolveTarget({ text: 'web' }, two).terminal, undefined);
  });

  it('means the terminal main where one is wanted', () => {
    assert.equal(terminalOf(resolveTarget({ text: 'web' }, two), two).name, 'main');
    assert.equal(terminalOf(resolveTarget({ text: 'web:build' }, two), two).name, 'build');
  });

  it('without a text is the session of the environment, then the one used last, then the only one', () => {
    const used = candidates([session('a', 'one', 5), session('b', 'two', 9), session('c', 'three')]);
    assert.equal(nameOf({ environment: 'a' }, used), 'one');
    assert.equal(nameOf({}, used), 'two');
    assert.equal(nameOf({}, candidates([session('a', 'one')])), 'one');
    assert.equal(nameOf({}, candidates([session('a', 'ended'), session('b', 'live')], ['a'])), 'live');
  });

  it('is never guessed between several, nor for calls that must not guess', () => {
    const error = refused({}, two);
    assert.equal(error.code, 'INVALID_INPUT');
    assert.deepEqual((error.details as { candidates: unknown }).candidates, ['abcd', 'web']);
    assert.equal(refused({ explicit: true }, candidates([session('a', 'one', 5)])).code, 'INVALID_INPUT');
    assert.equal(nameOf({ explicit: true, environment: 'web' }, two), 'web');
    assert.equal(refused({}, candidates([])).code, 'SESSION_NOT_FOUND');
    assert.equal(refused({ environment: 'gone' }, two).code, 'SESSION_NOT_FOUND');
  });
});
