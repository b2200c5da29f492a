// A program that asks its terminal everything, and writes down what it is told.
// usage: node answersProbe.mjs REPORT; then by input: 0x01 asks, 0x02 ends the report of what came.
import { renameSync, writeFileSync } from 'node:fs';

const QUESTIONS = [
  '\x1b[c',
  '\x1b[>c',
  '\x1b[=c',
  '\x1b[5n',
  '\x1b[6n',
  ...[1, 6, 7, 12, 25, 1000, 1004, 1006, 1049, 2004, 2026, 2031].map((mode) => `\x1b[?${mode}$p`),
  '\x1bP$qm\x1b\\',
  '\x1b[>q',
  '\x1b]4;1;?\x1b\\',
  '\x1b]10;?\x1b\\',
  '\x1b]11;?\x07',
  '\x1b]12;?\x1b\\',
  '\x1b[?u',
  '\x1b[14t',
  '\x1b[18t',
];

let received = '';
process.stdin.setRawMode(true);
process.stdin.on('data', (data) => {
  for (const byte of data) {
    if (byte === 1) {
      process.stdout.write(`${QUESTIONS.join('')}asked\r\n`);
    } else if (byte === 2) {
      writeFileSync(`${process.argv[2]}.new`, received, 'latin1');
      renameSync(`${process.argv[2]}.new`, process.argv[2]);
      received = '';
      process.stdout.write('reported\r\n');
    } else {
      received += String.fromCharCode(byte);
    }
  }
});
process.stdout.write('ready\r\n');
