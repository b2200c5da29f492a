import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Journal } from '../journal/journal';
import { LAG_LIMIT } from '../protocol/frames';
import { offset } from '../protocol/ids';
import { FlowGuard } from './flowGuard';
import { Readers } from './readers';
import { type FrameSink, StreamReader } from './streamReader';

const PIECE = Buffer.alloc(64 * 1024, 'x');
const SINK: FrameSink = {
  isFull: false,
  write: () => undefined,
  writeSoon: () => undefined,
  flush: () => undefined,
};

const folder = mkdtempSync(join(tmpdir(), 'hf-flow-'));
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** A terminal's journal with one viewer, and whether its program is held up. */
const terminal = (name: string) => {
  const journal = new Journal({
    path: join(folder, name),
    base: offset(0),
    size: { cols: 80, rows: 24 },
    now: 0,
  });
  let isPaused = false;
  const flow = {
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
  };
  const readers = new Readers(journal, () => guard.check());
  const guard = new FlowGuard(journal, flow, () => readers.awaited);
  const viewer = new StreamReader({ journal, exit: null }, SINK, 'skip', offset(0));
  readers.add(viewer, 'viewers');
  guard.mirrorCame();
  return {
    journal,
    guard,
    viewer,
    readers,
    isPaused: () => isPaused,
    write: (bytes: number) => {
      for (let written = 0; written < bytes; written += PIECE.length) {
        readers.append(PIECE, Date.now());
      }
    },
    dispose: () => {
      guard.dispose();
      readers.dispose();
      journal.dispose();
    },
  };
};

/** Bytes that a mirror reads in a moment: far more than the 20 MiB a second of one that is called fast. */
const READ = 1_000_000;
const READ_MS = 15;
const TRIES = 30;

describe('what holds a program up', () => {
  test('is a viewer that takes screen after screen, however fast the mirror that draws them is', async () => {
    const { journal, guard, viewer, isPaused, write, dispose } = terminal('closely');
    write(3_000_000);
    assert.ok(viewer.isLagging, 'it has not lagged');
    await sleep(READ_MS);
    guard.read(offset(READ));
    // A machine that does nothing for 0.3 s in between makes it a slow viewer.
    for (let tries = 0; tries < TRIES && !isPaused(); tries++) {
      // As the client library acknowledges screens: by the offset they are of.
      viewer.ack(offset(READ));
      viewer.ack(offset(READ));
      write(PIECE.length);
    }
    assert.ok(isPaused(), `it runs, ${journal.head - READ} bytes before the mirror`);
    guard.read(journal.head);
    assert.equal(isPaused(), false, 'it is held up, and the mirror has everything');
    dispose();
  });

  test('says whether a screen is nearer than what a viewer was not shown yet', () => {
    const { guard, journal, write, dispose } = terminal('nearer');
    write(3_000_000);
    assert.equal(guard.isMirrorNearer(journal.head), false, 'the mirror has read nothing');
    guard.read(offset(2_900_000));
    assert.equal(guard.isMirrorNearer(1_000_000), true);
    guard.mirrorLeft();
    assert.equal(guard.isMirrorNearer(1_000_000), false, 'there is none');
    dispose();
  });

  test('is no such viewer that is slow itself', async () => {
    const { viewer, readers, write, dispose } = terminal('patiently');
    assert.equal(readers.awaited, 'no');
    write(2 * LAG_LIMIT);
    assert.equal(readers.awaited, 'patiently', 'it has taken nothing');
    viewer.ack(offset(LAG_LIMIT));
    assert.equal(readers.awaited, 'patiently', 'it has taken one screen');
    for (let tries = 0; tries < TRIES && readers.awaited !== 'closely'; tries++) {
      viewer.ack(offset(LAG_LIMIT));
    }
    assert.equal(readers.awaited, 'closely', 'it takes screen after screen');
    // Longer than three screens at the calm rate take.
    await sleep(350);
    assert.equal(readers.awaited, 'patiently', 'it has taken none since');
    viewer.ack(offset(2 * LAG_LIMIT));
    assert.equal(readers.awaited, 'patiently', 'it takes one now and then');
    viewer.seek(offset(2 * LAG_LIMIT));
    assert.equal(readers.awaited, 'no');
    dispose();
  });
});
