import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Terminal } from '@xterm/headless';
import { newId } from '../../platform/secrets';
import { offset, type TerminalId } from '../../protocol/ids';
import type { Size } from '../../protocol/model';
import { useUnicode11 } from '../characterWidths';
import { describeTerminal } from '../describeTerminal';
import { Mirror } from '../mirror';
import { coreOf } from '../xtermInternals';

/** Enough for whatever a test writes. */
const ALL_ROWS = 5000;

export const plainTerminal = (size: Size, scrollback = ALL_ROWS): Terminal => {
  const terminal = new Terminal({
    allowProposedApi: true,
    ...size,
    scrollback,
    logLevel: 'off',
    scrollOnEraseInDisplay: true,
    windowOptions: { pushTitle: true, popTitle: true },
  });
  useUnicode11(terminal);
  return terminal;
};

/** Parses at once; output on which xterm.js itself fails is nobody's promise. */
export const feed = (terminal: Terminal, bytes: Buffer): void => {
  if (bytes.length > 0) {
    coreOf(terminal)._inputHandler.parse(bytes);
  }
};

/**
 * Cuts a stream: mirror up to the cut, snapshot, a second terminal that gets snapshot, continuation and the
 * rest. Says how it then differs from a terminal that got everything, or undefined.
 */
export const differenceAt = (bytes: Buffer, cut: number, size: Size): string | undefined => {
  const uninterrupted = plainTerminal(size);
  const restored = plainTerminal(size);
  const folder = mkdtempSync(join(tmpdir(), 'hf-transparency-'));
  const mirror = new Mirror(newId() as TerminalId, size, {
    historiesFolder: folder,
    keyframesFolder: folder,
    scrollbackLimit: ALL_ROWS,
    client: { kind: 'test', version: '0', pid: process.pid },
  });
  try {
    feed(uninterrupted, bytes);
    mirror.output(offset(0), bytes.subarray(0, cut));
    const { snapshot, continuation } = mirror.snapshot(ALL_ROWS);
    feed(restored, Buffer.from(snapshot));
    // A character in two halves is the reader's to join.
    feed(restored, Buffer.concat([continuation, bytes.subarray(cut)]));
    const context = [
      `cut at ${cut} of ${JSON.stringify(bytes.toString())}`,
      `before: ${JSON.stringify(bytes.subarray(0, cut).toString())}`,
      `snapshot: ${JSON.stringify(snapshot.toString())}`,
      `continuation: ${JSON.stringify(continuation.toString('latin1'))}`,
    ].join('\n');
    return difference(describeTerminal(restored), describeTerminal(uninterrupted), context);
  } finally {
    mirror.dispose();
    rmSync(folder, { recursive: true });
    restored.dispose();
    uninterrupted.dispose();
  }
};

export const difference = (actual: unknown, expected: unknown, context: string): string | undefined => {
  try {
    assert.deepEqual(actual, expected);
    return undefined;
  } catch (error) {
    return `${context}\n${error instanceof Error ? error.message : String(error)}`;
  }
};
