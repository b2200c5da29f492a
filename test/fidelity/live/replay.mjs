/**
 * A program as the recorded ones: writes to its terminal what it is told to, and waits.
 *
 *   node replay.mjs SOCKET
 *
 * The socket sends the length (32 bits, big-endian) and the bytes, again and again. It is answered with frames
 * whose bytes begin with a letter: `w` for bytes that were written, `t` and what was typed at the program,
 * `s` and the terminal's size, such as `80x24`, at the start and whenever it changes.
 */
import { writeSync } from 'node:fs';
import { connect } from 'node:net';

const AGAIN_MS = 1;
const pause = new Int32Array(new SharedArrayBuffer(4));

function write(bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, AGAIN_MS);
    }
  }
}

let pending = Buffer.alloc(0);
const socket = connect(process.argv[2] ?? '');

function tell(kind, bytes) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length + 1);
  head.write(kind, 4);
  socket.write(Buffer.concat([head, bytes]));
}

const tellSize = () => tell('s', Buffer.from(process.stdout.getWindowSize().join('x')));
socket.on('data', (chunk) => {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
    const end = 4 + pending.readUInt32BE(0);
    write(pending.subarray(4, end));
    pending = pending.subarray(end);
    tell('w', Buffer.alloc(0));
  }
});
socket.on('close', () => process.exit());
socket.on('error', () => process.exit(1));
process.stdin.on('data', (typed) => tell('t', typed));
process.stdout.on('resize', tellSize);
tellSize();
