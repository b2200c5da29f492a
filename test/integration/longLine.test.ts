import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TerminalOutput, TerminalResize, TerminalSnapshot } from '../../daemon/protocol/terminals';
import { noUsage, usageOf } from '../faults/usage';
import { Witness } from '../fuzz/witness';
import { Place, startProgram } from './clientFixture';

/** On a slow machine that does something else beside. */
const PATIENCE_MS = 15_000;
const MIB = 1024 * 1024;
const LINE_MIB = 20;
/** Kept whole by an emulator, the line takes 800 MB; V8 collects what was drawn and sent when it likes. */
const MOST_GROWTH_KB = 300_000;

/** Writes the line once it is told to, and stays. */
const PROGRAM = `process.stdin.once('data', () => {
  const piece = 'x'.repeat(${MIB});
  for (let count = 0; count < ${LINE_MIB}; count++) process.stdout.write(piece);
  process.stdout.write('[end]');
});`;

test('a line of 20 MB without a line feed is shown and read, in bounded memory, and keeps nobody else waiting', {
  skip: noUsage(),
}, async (t) => {
  const place = new Place();
  t.after(() => place.leave());
  const witness = await Witness.start(place, PATIENCE_MS);
  const connection = await place.connection();
  const session = await startProgram(connection, process.execPath, '-e', PROGRAM);
  const target = { text: session };
  const viewer = await place.attach(connection, session);
  const shown = async (): Promise<string> => {
    const { lines } = await connection.call(TerminalSnapshot.type, { target, scrollback: 100 });
    return lines.join('');
  };
  await shown();
  const { pids } = witness;
  const memory = (): number => usageOf(place, [pids.daemon, pids.ptyHost ?? assert.fail()]).memory;
  const before = memory();
  let most = before;

  assert.ok(viewer.attachment.write('go\r'));
  for (let text = ''; !text.endsWith('x[end]'); ) {
    await witness.look();
    text = await shown();
    most = Math.max(most, memory());
  }
  await viewer.shows('[end]');
  await connection.call(TerminalResize.type, { target, cols: 101, rows: 30 });
  assert.match(await shown(), /x\[end\]$/);
  const { text } = await connection.call(TerminalOutput.type, { target, tail: 1 });
  assert.match(text, /^x+\[end\]$/);
  await witness.look();
  most = Math.max(most, memory());
  t.diagnostic(
    `${Math.round((most - before) / 1000)} MB more; a call waited ${Math.round(witness.longestCallMs)} ms, ` +
      `an echo ${Math.round(witness.longestEchoMs)} ms`,
  );
  assert.ok(most - before < MOST_GROWTH_KB, `${most - before} kB more`);
  await witness.leave();
});
