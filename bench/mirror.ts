import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../daemon/platform/secrets';
import type { TerminalId } from '../daemon/protocol/ids';
import { Mirror } from '../daemon/screen/mirror';
import { feed, plainTerminal } from '../daemon/screen/testing/transparency';

/**
 * What a mirror costs, against the emulator it is made of: floods as a PTY host hands them over, and what an
 * attach and a keyframe wait for. Processor time, so that other programs disturb it less than a clock would.
 *
 *   npm run bench:mirror
 */
const SIZE = { cols: 80, rows: 24 };
const REPETITIONS = 5;
const FLOOD_BYTES = 12_000_000;
/** As much as one read of a socket brings. */
const CHUNK = 64 * 1024;

const FLOODS: Readonly<Record<string, (line: number) => string>> = {
  'plain lines': (line) => `${line} the quick brown fox jumps over the lazy dog and runs away\r\n`,
  'coloured build log': (line) =>
    `\x1b[1;34m[${line}]\x1b[0m \x1b[32mcompiled\x1b[m src/main/app${line % 97}.ts ─ \x1b[38;5;208m${line % 300} ms\x1b[0m\r\n`,
  'tabs, long lines, wide': (line) => `${line}\t${'漢字 and “text” '.repeat(line % 9)}\tend\r\n`,
  'one complex line in ten': (line) =>
    line % 10 === 0
      ? `working ${line}\rdone ${line}   \x1b[K\r\n`
      : `${line} a line like any other of some length\r\n`,
  'progress bars': (line) => `\r\x1b[32m${'#'.repeat(line % 60)}\x1b[m ${line % 100} %\x1b[K`,
};

const flood = (lineOf: (line: number) => string): Buffer => {
  const lines: string[] = [];
  for (let line = 0, bytes = 0; bytes < FLOOD_BYTES; line++) {
    const text = lineOf(line);
    lines.push(text);
    bytes += Buffer.byteLength(text);
  }
  return Buffer.from(lines.join(''));
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds of processor time of this process, its collector's threads included. */
const processorTime = (act: () => void): number => {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const elapsed = (act: () => void): number => {
  const start = performance.now();
  act();
  return performance.now() - start;
};

const inChunks = (bytes: Buffer, take: (chunk: Buffer) => void): void => {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    take(bytes.subarray(at, at + CHUNK));
  }
};

const withMirror = <Result>(act: (mirror: Mirror) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-bench-'));
  const mirror = new Mirror(newId() as TerminalId, SIZE, {
    historiesFolder: folder,
    keyframesFolder: folder,
    scrollbackLimit: 10_000,
    client: { kind: 'test', version: '0', pid: process.pid },
  });
  try {
    return act(mirror);
  } finally {
    mirror.dispose();
    rmSync(folder, { recursive: true });
  }
};

const bareParse = (bytes: Buffer): number => {
  const terminal = plainTerminal(SIZE, 1000);
  const time = processorTime(() => inChunks(bytes, (chunk) => feed(terminal, chunk)));
  terminal.dispose();
  return time;
};

const mirrorFeed = (bytes: Buffer): number =>
  withMirror((mirror) =>
    processorTime(() => inChunks(bytes, (chunk) => void mirror.output(mirror.offset, chunk))),
  );

const row = (...cells: readonly string[]): void =>
  console.log(
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(12))).join(' | ')} |`,
  );

const floods = (): void => {
  row('flood', 'ratio', 'mirror MB/s', 'xterm MB/s');
  row('---', '--:', '--:', '--:');
  for (const [name, lineOf] of Object.entries(FLOODS)) {
    const bytes = flood(lineOf);
    const bare: number[] = [];
    const mirror: number[] = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      bare.push(bareParse(bytes));
      mirror.push(mirrorFeed(bytes));
    }
    const ratio = median(bare.map((time, index) => time / (mirror[index] ?? time)));
    const speed = (times: readonly number[]): string => (bytes.length / 1000 / median(times)).toFixed(1);
    row(name, ratio.toFixed(2), speed(mirror), speed(bare));
  }
};

const snapshots = (): void => {
  row('rows of scrollback', 'snapshot ms', 'keyframe ms', 'kB');
  row('---', '--:', '--:', '--:');
  const lineOf = FLOODS['coloured build log'] ?? String;
  for (const rows of [0, 1000, 10_000]) {
    withMirror((mirror) => {
      mirror.output(mirror.offset, flood(lineOf).subarray(0, 1_500_000));
      const times: number[] = [];
      const keyframes: number[] = [];
      let bytes = 0;
      for (let repetition = 0; repetition < REPETITIONS * 4; repetition++) {
        times.push(
          elapsed(() => {
            bytes = mirror.snapshot(rows).snapshot.length;
          }),
        );
        keyframes.push(elapsed(() => mirror.writeKeyframe()));
      }
      row(String(rows), median(times).toFixed(1), median(keyframes).toFixed(1), (bytes / 1000).toFixed(0));
    });
  }
};

const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
console.log(
  `${cpus()[0]?.model ?? 'processor'} × ${cpus().length}, Node ${process.version}, load ${load()}\n`,
);
console.log(`Parsing, medians of ${REPETITIONS} pairs, processor time, history on disk:\n`);
floods();
console.log('\nOnce a mirror has parsed (milliseconds on the clock, the disk included):\n');
snapshots();
console.log(`\nload at the end ${load()}`);
