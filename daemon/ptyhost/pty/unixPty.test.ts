import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnixPty } from './unixPty';

/** Milliseconds: several times what a loaded machine needs. */
const PATIENCE_MS = 20_000;
/** Linux keeps 12 KiB of what nobody reads (pty.c, n_tty.c), and hands it out in pieces of up to 4 KiB. */
const DRAINED_BYTES = 8000;

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + PATIENCE_MS; !isSo(); await sleep(5)) {
    assert.ok(Date.now() < deadline, what);
  }
};

describe('a PTY', { skip: process.platform === 'win32' }, () => {
  test('keeps what its program wrote before anybody listened, also when it is drained then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-pty-'));
    const written = join(folder, 'written');
    const pty = await UnixPty.spawn({
      executable: '/bin/sh',
      args: ['-c', `printf early; : > '${written}'; exec cat`],
      cwd: folder,
      environment: {},
      size: { cols: 80, rows: 24 },
    });
    try {
      await until('the program has not written', () => existsSync(written));
      pty.drain();
      let seen = '';
      pty.start({
        onData: (data) => {
          seen += data.toString();
        },
        onExit: () => undefined,
      });
      await until(`saw ${JSON.stringify(seen)} only`, () => seen.includes('early'));
    } finally {
      await pty.end('kill');
      pty.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('hands over what is drained from a flood in one piece', {
    skip: process.platform !== 'linux',
  }, async () => {
    // The kernel moves what was written to the reader when it has time to, so that a drain may come in between.
    const tried: string[] = [];
    for (let attempt = 1; attempt <= 20 && tried.at(-1)?.includes(',') !== false; attempt++) {
      tried.push((await drainedPieces()).join());
    }
    assert.doesNotMatch(tried.at(-1) ?? '', /,/, tried.join(' or '));
  });
});

/** The lengths of the pieces in which more than the kernel hands out at once is drained. */
const drainedPieces = async (): Promise<readonly number[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-pty-'));
  const written = join(folder, 'written');
  const pty = await UnixPty.spawn({
    executable: '/bin/sh',
    args: ['-c', `read go; head -c ${DRAINED_BYTES} /dev/zero; : > '${written}'; exec cat`],
    cwd: folder,
    environment: { PATH: process.env.PATH ?? '' },
    size: { cols: 80, rows: 24 },
  });
  try {
    const pieces: number[] = [];
    const onData = (data: Buffer): void => {
      pieces.push(data.length);
      pty.pause();
    };
    pty.start({ onData, onExit: () => undefined });
    pty.writeNow(Buffer.from('x'));
    await until('no echo', () => pieces.length > 0);
    pty.writeNow(Buffer.from('\r'));
    await until('the program has not written', () => existsSync(written));
    const before = pieces.length;
    pty.drain();
    return pieces.slice(before);
  } finally {
    await pty.end('kill');
    pty.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
};
