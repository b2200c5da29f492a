import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { EXIT_STATUS } from '../../daemon/protocol/errors';
import {
  FIRST_STREAM_WINDOW,
  FrameKind,
  LAG_LIMIT,
  MAX_FRAME_BYTES,
  MAX_OUTPUT_FRAME,
  STREAM_WINDOW,
} from '../../daemon/protocol/frames';
import { HELLO_TIMEOUT_MS, MAX_HELLO_BYTES } from '../../daemon/protocol/hello';
import { JOURNAL_BYTES, TICKET_TTL_MS } from '../../daemon/protocol/host';
import { MAX_CALL_BYTES, MAX_MESSAGE_BYTES, RPC_APPLICATION_ERROR } from '../../daemon/protocol/message';
import { MAX_COLS, MAX_ROWS, MIN_COLS, MIN_ROWS } from '../../daemon/protocol/model';
import { NAME_PATTERN } from '../../daemon/protocol/names';
import { MAX_TICKETS } from '../../daemon/ptyhost/tickets';
import { MAX_CALLS, MAX_UNREAD_BYTES } from '../../daemon/server/controlServer';
import { MAX_CLIENTS } from '../../daemon/server/endpointFile';
import { MAX_CONNECTIONS, MAX_UNGREETED } from '../../daemon/transport/accept';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/PROTOCOL.md'), 'utf8');
const sources = readdirSync(join(root, 'daemon/protocol'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(root, 'daemon/protocol', name), 'utf8'))
  .join('\n');

const KIB = 1024;
const MIB = 1024 * 1024;

describe('docs/PROTOCOL.md', () => {
  it('names every message there is, and no other', () => {
    const declared = [...sources.matchAll(/(?:request|notification)<[^;]*?>\(\s*['"]([a-z/-]+)['"]/g)].map(
      ([, name]) => name,
    );
    const written = [...page.matchAll(/`((?:session|sessions|terminal|events|daemon|host)\/[a-z-]+)`/g)].map(
      ([, name]) => name,
    );
    assert.ok(declared.length > 30);
    assert.deepEqual([...new Set(written)].sort(), [...new Set(declared)].sort());
  });

  it('has every kind of frame with its number', () => {
    const rows = [...page.matchAll(/^\| (\d+) \| ([A-Z]+) \| (?:host|viewer|the daemon's mirror) \|/gm)];
    assert.deepEqual(Object.fromEntries(rows.map(([, kind, name]) => [name, Number(kind)])), FrameKind);
  });

  it('has every error code with its exit status', () => {
    const rows = [...page.matchAll(/^\| (\d) \| (`[A-Z_` ]+`) \|$/gm)];
    const codes = rows.flatMap(([, status, names]) =>
      [...(names ?? '').matchAll(/[A-Z_]+/g)].map(([code]) => [code, Number(status)] as const),
    );
    assert.deepEqual(Object.fromEntries(codes), EXIT_STATUS);
  });

  for (const line of [
    `| hello line | ${MAX_HELLO_BYTES} bytes, ${HELLO_TIMEOUT_MS / 1000} s |`,
    `| control message | ${MAX_CALL_BYTES / MIB} MiB to a daemon or a PTY host; ${MAX_MESSAGE_BYTES / MIB} MiB from one |`,
    `| frame | ${MAX_FRAME_BYTES / MIB} MiB; OUTPUT frames carry ${MAX_OUTPUT_FRAME / KIB} KiB at most |`,
    `| bytes beyond the last ACK | ${FIRST_STREAM_WINDOW / KIB} KiB at first, ${STREAM_WINDOW / MIB} MiB at most |`,
    `| calls of a connection that wait for their answers | ${MAX_CALLS}; more`,
    `| answers that a client leaves unread | ${MAX_UNREAD_BYTES / MIB} MiB;`,
    `| control connections | ${MAX_CLIENTS}; streams of a PTY host ${MAX_CONNECTIONS}; ${MAX_UNGREETED} that`,
    `| tickets unused | ${MAX_TICKETS} a PTY host |`,
    `| a ticket unused | ${TICKET_TTL_MS / 1000} s |`,
    `| terminal size | ${MIN_COLS}–${MAX_COLS} columns, ${MIN_ROWS}–${MAX_ROWS} rows |`,
    `| names | \`${NAME_PATTERN.source}\` |`,
    `| a terminal's journal | ${JOURNAL_BYTES / MIB} MiB`,
    `more than ${LAG_LIMIT / MIB} MiB behind`,
    `{"code": ${RPC_APPLICATION_ERROR},`,
  ]) {
    it(`is up to date about: ${line}`, () => assert.ok(page.includes(line)));
  }
});
