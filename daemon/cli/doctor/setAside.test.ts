import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HISTORIES_FOLDER, KEYFRAMES_FOLDER } from '../../protocol/endpoint';
import { checkSetAside } from './setAside';

test('files that were set aside are named with their time and what is missing without them, the newest first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-aside-'));
  try {
    for (const name of [
      'holdfast.db',
      'holdfast.log.4',
      'holdfast.db.broken-20261120T235959001Z',
      'holdfast.log.3.broken-20261121T000000002Z-1',
      'holdfast.db.previous.broken-20251231T101112003Z',
      'notes.broken-20251231T101112003Z',
    ]) {
      writeFileSync(join(folder, name), '');
    }
    const findings = checkSetAside(folder);
    assert.deepEqual(
      findings.map(({ check, status, message }) => [check, status, message.split(': ')[0]]),
      [
        ['store', 'warning', 'holdfast.log.3 was broken and was set aside on 2026-11-21 00:00:00 UTC'],
        ['store', 'warning', 'holdfast.db was broken and was set aside on 2026-11-20 23:59:59 UTC'],
        ['store', 'warning', 'holdfast.db.previous was broken and was set aside on 2025-12-31 10:11:12 UTC'],
      ],
    );
    assert.match(findings[0]?.suggestion ?? '', /damaged places, or behind its end .* is missing/);
    assert.match(findings[1]?.suggestion ?? '', /taken from the store's other files/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.deepEqual(checkSetAside(folder), []);
});

test('keyframes and histories that were set aside are named with their terminals', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-aside-'));
  try {
    for (const name of [KEYFRAMES_FOLDER, HISTORIES_FOLDER]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'good'), '');
    }
    writeFileSync(join(folder, KEYFRAMES_FOLDER, 'ab12.keyframe.broken-20261121T000000002Z'), '');
    writeFileSync(join(folder, HISTORIES_FOLDER, 'cd34.4096.txt.broken-20261121T000000003Z-2'), '');
    const findings = checkSetAside(folder);
    assert.deepEqual(
      findings.map(({ check, status, message }) => [check, status, message.split(': ')[0]]),
      [
        [
          'screens',
          'warning',
          'the keyframe of terminal ab12 was broken and was set aside on 2026-11-21 00:00:00 UTC',
        ],
        [
          'screens',
          'warning',
          'a history of terminal cd34 was broken and was set aside on 2026-11-21 00:00:00 UTC',
        ],
      ],
    );
    assert.match(findings[0]?.suggestion ?? '', /drawn again from what its journal still had/);
    assert.match(findings[1]?.suggestion ?? '', /scrollback lacks lines/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
