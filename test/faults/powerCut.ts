import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Store } from '../../daemon/store/store';
import { apply, contentOf, steps } from '../../daemon/store/testHistories';
import { sessionRow } from '../../daemon/store/testRows';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inFolder } from './inFolder';
import { RecordedDisk, type Remains } from './recordedDisk';

/** The log's length at which the database is exported: every few changes, for that is when most calls are made. */
const EXPORT_AFTER = 3000;

interface Cut {
  readonly call: string;
  readonly remains: Remains;
  /** What may be found: what was confirmed last, and the change that was under way. */
  readonly confirmed: number;
}

/** The power goes between any two system calls of the store's saves, one history of changes after the other. */
export const powerCut: Fault = {
  name: 'power-cut',
  title: 'the power is cut between any two system calls of a save',
  times: 40,
  run: (context) => inFolder((folder) => run(folder, context)),
};

const run = async (folder: string, { times, seed, say }: FaultContext): Promise<FaultResult> => {
  const seen = new Set<string>();
  let cuts = 0;
  let bytes = 0;
  for (const [time, history] of fc.sample(steps, { seed, numRuns: times }).entries()) {
    const recorded = await record(join(folder, `live-${time}`), history);
    cuts += recorded.cuts.length;
    for (const cut of recorded.cuts) {
      const key = keyOf(cut);
      if (!seen.has(key)) {
        seen.add(key);
        bytes += await check(join(folder, 'cut'), cut, recorded.contents);
      }
    }
  }
  say(`${cuts} cuts, ${seen.size} of them different`);
  return {
    survived: cuts,
    recoveries: [],
    bytesChecked: bytes,
    notes: [`${seen.size} different states of the disk; nothing that was confirmed is missing in any`],
  };
};

/** Lives through a history, and notes what a cut behind each call could leave. */
const record = async (
  folder: string,
  history: ReturnType<typeof steps.generate>['value'],
): Promise<{ readonly cuts: readonly Cut[]; readonly contents: readonly string[] }> => {
  mkdirSync(folder, { mode: 0o700 });
  const cuts: Cut[] = [];
  const contents: string[] = ['[[],[],[]]'];
  const disk = new RecordedDisk(folder, (call, remains) => {
    cuts.push(...remains.map((each) => ({ call, remains: each, confirmed: contents.length - 1 })));
  });
  disk.install();
  try {
    const open = (): Promise<Store> => Store.open(folder, { exportAfterBytes: EXPORT_AFTER });
    let store = await open();
    for (const step of history) {
      if (step.does === 'change') {
        const changed = await store
          .change((writer) => {
            for (const write of step.writes) {
              apply(writer, write);
            }
          })
          .then(
            () => true,
            () => false,
          );
        if (changed) {
          contents.push(contentOf(store));
        }
      } else {
        if (step.does === 'crash') {
          store.dispose();
        }
        await store.close();
        store = await open();
      }
    }
    await store.close();
  } finally {
    disk.uninstall();
  }
  return { cuts, contents };
};

/** @returns how many bytes of content were compared */
const check = async (folder: string, cut: Cut, contents: readonly string[]): Promise<number> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const [name, bytes] of cut.remains) {
    writeFileSync(join(folder, name), bytes, { mode: 0o600 });
  }
  const store = await Store.open(folder);
  try {
    const content = contentOf(store);
    const allowed = contents.slice(cut.confirmed, cut.confirmed + 2);
    assert.ok(
      allowed.includes(content),
      `behind '${cut.call}' there is ${content} instead of ${allowed.join(' or ')}; ` +
        `files ${[...cut.remains].map(([name, bytes]) => `${name} ${bytes.length}`).join(', ')}`,
    );
    await store.change((writer) => writer.putSession(sessionRow('after')));
    assert.ok(store.sessions().some(({ id }) => id === 'after'));
    return content.length;
  } finally {
    store.dispose();
    await store.close();
  }
};

const keyOf = ({ remains, confirmed }: Cut): string => {
  const hash = createHash('sha256').update(String(confirmed));
  for (const [name, bytes] of [...remains].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\0${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
};
