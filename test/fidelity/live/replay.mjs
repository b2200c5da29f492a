/**
 * A program as the recorded ones: writes to its terminal what it is told to, and waits.
 *
 *   node replay.mjs SOCKET
 *
 * The socket sends the length (32 bits, big-endian) and the bytes, again and again. It is answered with
 * frames of the same kind: an empty one for bytes that were written, and what was typed at the program.
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
socket.on('data', (chunk) => {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
    const end = 4 + pending.readUInt32BE(0);
    write(pending.subarray(4, end));
    pending = pending.subarray(end);
    socket.write(Buffer.alloc(4));
  }
});
socket.on('close', () => process.exit());
socket.on('error', () => process.exit(1));
process.stdin.on('data', (typed) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(typed.length);
  socket.write(Buffer.concat([length, typed]));
});
