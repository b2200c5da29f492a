import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DisposableStore } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import { offset } from '../protocol/ids';
import { attachTerminal } from './attachment';
import { Stage, until } from './testing/stage';

describe('a stream that is told of early', () => {
  let folder: string;
  let store: DisposableStore;
  let stage: Stage;
  let seen: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hf-early-'));
    store = new DisposableStore();
    stage = new Stage();
    seen = '';
    await stage.open(folder, store);
  });
  afterEach(() => {
    store.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const attach = async (): Promise<void> => {
    const attachment = store.add(
      await attachTerminal(stage, { target: { text: 'name' }, mode: 'interactive' }),
    );
    attachment.onData((data) => {
      seen += Buffer.from(data).toString('latin1');
    });
    attachment.start();
  };
  const opened = (): Promise<void> => until('the stream is open', () => stage.streams > 0);
  const sees = (text: string): Promise<void> => until(`sees ${text}, not ${seen}`, () => seen === text);

  it('is opened while the screen is drawn, once', async () => {
    stage.told = { from: offset(100), before: opened };
    await attach();
    stage.output(100, 'o');
    await sees('So');
    assert.equal(stage.streams, 1);
    assert.deepEqual(stage.heardKinds(), [], 'it is where it is wanted');
  });

  for (const [what, from] of [
    ['before', 90],
    ['behind', 110],
  ] as const) {
    it(`and begins ${what} the screen goes on from there`, async () => {
      stage.told = { from: offset(from), before: opened };
      await attach();
      stage.output(from, 'x'.repeat(20));
      await until('it is asked to', () => stage.heardKinds().includes('seek 100'));
      stage.output(100, 'y'.repeat(20));
      stage.output(120, 'z');
      // Of the ten that overlap, those that came first are as good.
      await sees(from < 100 ? `S${'x'.repeat(10)}${'y'.repeat(10)}z` : `S${'y'.repeat(20)}z`);
    });
  }

  it('is left when the call fails', async () => {
    stage.told = {
      from: offset(100),
      before: async () => {
        await opened();
        throw new HoldfastError('SESSION_UNREACHABLE', 'away', 'Wait.');
      },
    };
    await assert.rejects(attach(), { code: 'SESSION_UNREACHABLE' });
    await until('the stream is closed', () => stage.openStreams === 0);
  });
});
