import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { CommandInFlight, PATIENCE_MS, TOLD_MS } from './commandInFlight';

/** A command, the clock, and whether it was found to be over. */
const begin = (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const command = new CommandInFlight();
  const found = { over: false };
  return {
    command,
    found,
    wait: (): void =>
      void command.over().then(() => {
        found.over = true;
      }),
    pass: async (milliseconds: number): Promise<void> => {
      for (let passed = 0; passed < milliseconds; passed += 10) {
        t.mock.timers.tick(10);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
};

describe('a command in flight', () => {
  it('is not waited for where there is none', async (t) => {
    const { found, wait, pass } = begin(t);
    wait();
    await pass(10);
    assert.equal(found.over, true);
  });

  it('is waited for from the line that was entered until VS Code has told of its end', async (t) => {
    const { command, found, wait, pass } = begin(t);
    command.entered();
    wait();
    await pass(TOLD_MS - 100);
    command.began();
    await pass(TOLD_MS + 100);
    assert.equal(found.over, false, 'it runs');
    command.ended();
    await pass(TOLD_MS - 100);
    assert.equal(found.over, false, 'its end is being told');
    await pass(200);
    assert.equal(found.over, true);
  });

  it('is not waited for when it is a long one', async (t) => {
    const { command, found, wait, pass } = begin(t);
    command.began();
    wait();
    await pass(PATIENCE_MS - 100);
    assert.equal(found.over, false);
    await pass(200);
    assert.equal(found.over, true);
  });
});
