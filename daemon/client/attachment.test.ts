import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DisposableStore } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import { LAG_LIMIT } from '../protocol/frames';
import { offset } from '../protocol/ids';
import { attachTerminal } from './attachment';
import type { Attachment, AttachOptions, ResetReason } from './attachmentTypes';
import { MAX_WAITING_BYTES, REFRESH_INTERVAL_MS } from './catchUp';
import { Stage, until } from './testing/stage';

describe('an attachment', () => {
  let folder: string;
  let store: DisposableStore;
  let stage: Stage;
  let seen: string;
  let log: string[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hf-attach-'));
    store = new DisposableStore();
    stage = new Stage();
    seen = '';
    log = [];
    await stage.open(folder, store);
  });
  afterEach(() => {
    store.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const attach = async (options: Partial<AttachOptions> = {}): Promise<Attachment> => {
    const attachment = store.add(
      await attachTerminal(stage, {
        target: { text: 'name' },
        mode: 'interactive',
        reset: (reason) => `<${reason}>`,
        ...options,
      }),
    );
    attachment.onData((data) => {
      seen += Buffer.from(data).toString('latin1');
    });
    attachment.onResize(({ cols, rows }) => log.push(`${cols}x${rows}`));
    attachment.onState((state) => log.push(state));
    attachment.onGap(({ from, to }) => log.push(`gap ${from}-${to}`));
    attachment.onExit(({ exitCode, signal }) => log.push(`exit ${exitCode} ${signal}`));
    attachment.onDetach(({ kind, message }) => log.push(`${kind}: ${message}`));
    attachment.start();
    await until('the stream is open', () => stage.streams > 0 || stage.attach.terminal !== undefined);
    return attachment;
  };
  const sees = (text: string): Promise<void> => until(`sees ${text}, not ${seen}`, () => seen === text);

  it('that fell behind is shown screens faster after a key', async () => {
    const asked: number[] = [];
    let head = 0;
    stage.refresh = () => {
      asked.push(performance.now());
      // The flood goes on: each screen is far behind the next.
      head += 10 * LAG_LIMIT;
      return { offset: offset(head), head: offset(head), snapshot: 's' };
    };
    const attachment = await attach();
    stage.say({ kind: 'lagged', offset: offset(100) });
    await until(`four screens, not ${asked.length}`, () => asked.length >= 4);
    const shortest = (): number => Math.min(...asked.slice(1).map((at, index) => at - (asked[index] ?? 0)));
    assert.ok(shortest() > 90, `a calm rate: ${asked}`);
    asked.length = 0;
    attachment.write('\x03');
    await until('screens at a faster rate', () => asked.length > 1 && shortest() < 60);
  });

  it('that fell behind asks for no screen while the one before has not been taken', async () => {
    let asked = 0;
    stage.refresh = () => {
      asked += 1;
      return {
        offset: offset(asked * 10 * LAG_LIMIT),
        head: offset(asked * 10 * LAG_LIMIT),
        snapshot: 's'.repeat(MAX_WAITING_BYTES),
      };
    };
    const attachment = await attach({ flow: 'manual' });
    stage.say({ kind: 'lagged', offset: offset(100) });
    await until('the first screen', () => seen.endsWith('s'));
    await sleep(4 * REFRESH_INTERVAL_MS);
    assert.equal(asked, 1);
    attachment.acknowledge(seen.length);
    await until('the second one', () => asked === 2);
  });

  it('whose consumer leaves nothing unacknowledged is made no screen before it has taken all of the last', async () => {
    let asked = 0;
    stage.refresh = () => {
      asked += 1;
      return { offset: offset(asked * 10 * LAG_LIMIT), head: offset(asked * 10 * LAG_LIMIT), snapshot: 'sc' };
    };
    const attachment = await attach({ flow: 'manual', restBytes: 0 });
    attachment.acknowledge('<attach>S'.length);
    stage.say({ kind: 'lagged', offset: offset(100) });
    await until(`the first screen, not ${seen}`, () => seen.endsWith('sc'));
    attachment.acknowledge('<catch-up>s'.length);
    await sleep(4 * REFRESH_INTERVAL_MS);
    assert.equal(asked, 1);
    attachment.acknowledge(1);
    await until('the second one', () => asked === 2);
  });

  it('delivers the snapshot, then the output, sizes in their place, then the exit', async () => {
    await attach();
    stage.say(
      { kind: 'output', offset: offset(100), data: Buffer.from('ab') },
      { kind: 'resized', offset: offset(102), cols: 90, rows: 30 },
      { kind: 'output', offset: offset(102), data: Buffer.from('cd') },
      { kind: 'exited', offset: offset(104), exitCode: 3, signal: 0 },
    );
    await until('it ends', () => log.includes('exit 3 null'));
    assert.equal(seen, '<attach>Sabcd');
    assert.deepEqual(log, ['80x24', '90x30', 'ended', 'exit 3 null']);
  });

  it('gives no exit code for a program that a signal ended, with or without a name', async () => {
    await attach();
    stage.say({ kind: 'exited', offset: offset(100), exitCode: 0, signal: constants.signals.SIGHUP });
    await until('it ends', () => log.includes('exit null SIGHUP'));
    log.length = 0;
    await attach();
    // Real-time signals have none.
    stage.say({ kind: 'exited', offset: offset(100), exitCode: 0, signal: 40 });
    await until('it ends', () => log.includes('exit null null'));
  });

  it('takes a query out even when half of it is in the continuation', async () => {
    stage.attach = { continuation: Buffer.from('\x1b[').toString('base64') };
    await attach();
    stage.output(100, '6nx');
    await sees('<attach>Sx');
  });

  it('goes on exactly where a broken stream stopped', async () => {
    const attachment = await attach();
    stage.output(100, 'ab\x1b[');
    await sees('<attach>Sab');
    stage.attach = { offset: offset(120), snapshot: 'T' };
    stage.cut();
    await until('it asks for the rest', () => stage.heardKinds().includes('seek 104'));
    // What was on its way before the SEEK, then what it asked for.
    stage.output(120, 'later');
    stage.output(104, '6n');
    stage.output(102, '\x1b[6ncd');
    await sees('<attach>Sabcd');
    assert.deepEqual(log.slice(1), ['reconnecting', 'live']);
    assert.equal(attachment.offset, 108);
  });

  it('shows a fresh screen when the journal no longer has what was missed', async () => {
    await attach();
    stage.attach = { offset: offset(9_000_000), snapshot: 'T' };
    stage.cut();
    await sees('<attach>S<reattach>T');
    stage.output(9_000_000, 'x');
    await sees('<attach>S<reattach>Tx');
  });

  it('waits for a daemon that is away, and ends when the terminal is gone for good', async () => {
    await attach();
    stage.failing = new HoldfastError('SESSION_UNREACHABLE', 'no answer', 'Wait.');
    const calls = stage.calls.length;
    stage.cut();
    await until('it asks again', () => stage.calls.length > calls + 2);
    stage.failing = new HoldfastError('SESSION_NOT_FOUND', 'no session', 'Create one.');
    await until('it ends', () => log.includes('gone: no session'));
  });

  it('that fell behind is shown screens until the program calms down, then one with its scrollback', async () => {
    await attach({ history: 10 });
    let head = 1_000_000;
    stage.refresh = () => {
      head += stage.calls.length < 5 ? 1_000_000 : 0;
      return { offset: offset(head), head: offset(head), snapshot: `[${stage.calls.length}]` };
    };
    stage.say({ kind: 'lagged', offset: offset(3_000_000) });
    await until('it asks for the output again', () => stage.heardKinds().includes(`seek ${head}`));
    stage.output(head, 'live');
    await until('it is live', () => seen.endsWith('live'));
    assert.match(seen, /^<attach>S(<catch-up>\[\d\]){3,}<caught-up>\[\d\]live$/);
    assert.deepEqual(
      log.filter((entry) => !entry.includes('x')),
      ['catching-up', 'live'],
    );
  });

  it('that fell behind and wants no scrollback then is not shown the last screen twice', async () => {
    const asked: ResetReason[] = [];
    await attach({
      resetHistory: (reason) => {
        asked.push(reason);
        return 0;
      },
    });
    stage.refresh = () => ({ offset: offset(9000), head: offset(9000), snapshot: 'T' });
    stage.say({ kind: 'lagged', offset: offset(9000) });
    await until('it asks for the output again', () => stage.heardKinds().includes('seek 9000'));
    stage.output(9000, 'live');
    await until('it is live', () => seen.endsWith('live'));
    assert.match(seen, /^<attach>S(<catch-up>T){2}live$/);
    assert.deepEqual(asked, ['caught-up']);
  });

  it('that fell behind and wants all of the output gets it late, and is told of what is gone', async () => {
    const attachment = await attach({ whenBehind: 'output', flow: 'manual' });
    stage.output(100, 'ab');
    await sees('<attach>Sab');
    stage.say({ kind: 'lagged', offset: offset(5_000_000) });
    await until('it waits', () => attachment.state === 'catching-up');
    assert.deepEqual(stage.heardKinds(), []);
    attachment.acknowledge(seen.length);
    await until('it asks for the rest', () => stage.heardKinds().includes('seek 102'));
    stage.say(
      { kind: 'gap', offset: offset(500) },
      { kind: 'output', offset: offset(500), data: Buffer.from('z') },
    );
    await sees('<attach>Sabz');
    assert.ok(log.includes('gap 102-500'));
  });

  it('acknowledges what the consumer has handled, not what it was given', async () => {
    const attachment = await attach({ flow: 'manual' });
    stage.output(100, 'x'.repeat(64 * 1024));
    stage.output(100 + 64 * 1024, 'y'.repeat(64 * 1024));
    await until('all was delivered', () => seen.length === '<attach>S'.length + 128 * 1024);
    attachment.acknowledge(64 * 1024);
    attachment.write('k');
    await until('the key came', () => stage.heardKinds().includes('input'));
    assert.deepEqual(stage.heardKinds(), ['input']);
    attachment.acknowledge(64 * 1024 + 9);
    await until('it is acknowledged', () => stage.heard.some((frame) => frame.kind === 'ack'));
    assert.deepEqual(stage.heard.at(-1), { kind: 'ack', offset: 100 + 128 * 1024 });
  });

  it('says why it was sent away, and sends nothing more', async () => {
    const attachment = await attach();
    stage.say({ kind: 'detached', reason: 'somebody took over' });
    await until('it ends', () => log.includes('revoked: somebody took over'));
    assert.equal(attachment.write('x'), false);
    attachment.detach();
    assert.equal(log.filter((entry) => entry.includes(':')).length, 1);
  });

  it('types nothing when it is read-only', async () => {
    const attachment = await attach({ mode: 'read-only' });
    assert.equal(attachment.write('x'), false);
    attachment.resize({ cols: 1, rows: 1 });
    attachment.focus();
    stage.output(100, 'ok');
    await sees('<attach>Sok');
    assert.deepEqual(stage.heardKinds(), []);
  });
});
