/**
 * How often a terminal that is left and taken up again equals one that never was.
 *
 *   npm run fidelity                          everything
 *   npm run fidelity -- --only vim            recordings whose name contains a word; 'generated': the generated streams
 *   npm run fidelity -- --model | --live      one of the two checks
 *   npm run fidelity -- --cuts 50             at most so many cuts of a recording in the model
 *   npm run fidelity -- --seed 7 --runs 500   generated streams; a failure prints its seed
 *   npm run fidelity -- --verbose             also differences that nobody can notice, one by one
 *
 * The product must be built. Prints the tables, writes them to out/fidelity.json and out/fidelity.md (with --write to
 * docs/FIDELITY-RESULTS.md), and fails when Holdfast misses anything.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptions, wholeNumber } from '../../scripts/options.mjs';
import { interestingCuts, spread } from './cuts';
import { EMULATOR_VERSIONS, EMULATORS, type EmulatorName, versionOf } from './emulators';
import { checkGenerated } from './generated';
import { checkLive } from './live/live';
import { HOLDFAST, PEERS, type PeerKind } from './live/peers';
import { type CutResult, checkModel, NEXT_BYTES } from './model';
import { type Recording, readRecording, recordingNames } from './recording';
import { markdownOf, merged, type Report, type Row, type Table } from './report';
import { holdfast, type MakeRestorer, serializeAddon } from './restorers';
import { shrink, shrunkText } from './shrink';
import { lostIn, tallyOf, toldOf } from './tally';

const ROOT = resolve(__dirname, '..', '..');
const ADDON_VERSION = versionOf('@xterm/addon-serialize');
const USAGE = `npm run fidelity -- [--only WORD] [--model | --live] [--cuts N] [--live-cuts N] [--seed N] [--runs N]
                    [--write] [--verbose]`;
const options = readOptions(USAGE, {
  only: { type: 'string', default: '' },
  model: { type: 'boolean', default: false },
  live: { type: 'boolean', default: false },
  cuts: { type: 'string', default: '1000000' },
  'live-cuts': { type: 'string', default: '6' },
  seed: { type: 'string', default: '20251121' },
  runs: { type: 'string', default: '1500' },
  write: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
});
const cutsWanted = wholeNumber('cuts', options.cuts, 1);
const liveCuts = wholeNumber('live-cuts', options['live-cuts'], 1);
const seed = wholeNumber('seed', options.seed);
const runs = wholeNumber('runs', options.runs, 1);
const isAll = !options.model && !options.live;
/** A recording so long takes as much time at each cut as twenty others. */
const LONG_BYTES = 60_000;
const CUTS_OF_A_LONG_ONE = 30;

let hasMissed = false;

/** Prints what Holdfast misses, and remembers that the run has failed. @returns whether details are wanted */
const tell = (name: string, results: readonly CutResult[]): boolean => {
  const told = toldOf(name, results, options.verbose);
  hasMissed ||= told?.hasMissed === true;
  if (told !== undefined) {
    console.log(told.text);
  }
  return told?.isDetailed === true;
};

/** A miss again, with as little as it needs. */
const tellShrunk = (recording: Recording, emulator: EmulatorName, cut: number | undefined): void => {
  const shrunk = cut === undefined ? undefined : shrink(recording, cut, emulator, holdfast);
  if (shrunk !== undefined) {
    console.log(`  as little as it needs, ${shrunkText(shrunk, emulator)}`);
  }
};

/** One that can be noticed, if there is one. */
const worstCut = (results: readonly CutResult[]): number | undefined => {
  const own = results.filter(({ isExact, isEmulators }) => !isExact && !isEmulators);
  return (own.find(({ isWhole }) => !isWhole) ?? own[0])?.cut;
};

const rowOf = (name: string, results: readonly CutResult[]): Row => ({
  name,
  tally: tallyOf(results),
  lost: lostIn(results),
});

const modelRows = (recordings: readonly Recording[]): Row[] => {
  const columns: readonly (readonly [string, EmulatorName, MakeRestorer, boolean])[] = EMULATORS.flatMap(
    (emulator) =>
      [
        [`Holdfast, in ${EMULATOR_VERSIONS[emulator]}`, emulator, holdfast, true],
        [
          `@xterm/addon-serialize ${ADDON_VERSION}, in ${EMULATOR_VERSIONS[emulator]}`,
          emulator,
          serializeAddon,
          false,
        ],
      ] as const,
  );
  const results = columns.map((): CutResult[] => []);
  for (const recording of recordings) {
    const started = Date.now();
    const limit = recording.bytes.length > LONG_BYTES ? CUTS_OF_A_LONG_ONE : cutsWanted;
    const cuts = spread(interestingCuts(recording), Math.min(limit, cutsWanted));
    columns.forEach(([name, emulator, restorer, isOurs], index) => {
      const found = checkModel(recording, cuts, emulator, restorer);
      results[index]?.push(...found);
      if (isOurs) {
        if (tell(`${recording.name}, ${name}`, found)) {
          tellShrunk(recording, emulator, worstCut(found));
        }
      }
    });
    console.log(
      `  ${recording.name}: ${cuts.length} cuts in ${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
  }
  return columns.map(([name], index) => rowOf(name, results[index] ?? []));
};

const generatedRows = (): Row[] =>
  EMULATORS.map((emulator) => {
    const { results, skipped, first } = checkGenerated(emulator, seed, runs, holdfast);
    const name = `Holdfast, in ${EMULATOR_VERSIONS[emulator]}`;
    const isDetailed = tell(`generated streams (seed ${options.seed}), ${name}`, results);
    if (isDetailed && first !== undefined) {
      tellShrunk(first.recording, emulator, first.cut);
    }
    console.log(
      `  generated, ${name}: ${results.length} cuts, ${skipped} streams on which xterm.js fails left out`,
    );
    return rowOf(name, results);
  });

const liveRows = async (
  recordings: readonly Recording[],
  kinds: readonly PeerKind[],
  isSameSize: boolean,
): Promise<Row[]> => {
  const results = new Map<PeerKind, CutResult[]>(kinds.map((kind) => [kind, []]));
  for (const recording of recordings) {
    const cuts = spread(interestingCuts(recording), liveCuts);
    const sizes = isSameSize ? [] : OTHER_SIZES;
    for (const kind of kinds) {
      const started = Date.now();
      const found = await checkLive(recording, cuts, kind, sizes);
      results.get(kind)?.push(...found);
      if (kind === HOLDFAST) {
        tell(`${recording.name}, live`, found);
      }
      console.log(
        `  ${recording.name}, ${kind.name}: ${cuts.length} cuts in ${((Date.now() - started) / 1000).toFixed(1)} s`,
      );
    }
  }
  return kinds.map((kind) => rowOf(kind.name, results.get(kind) ?? []));
};

const OTHER_SIZES = [
  { cols: 100, rows: 30 },
  { cols: 60, rows: 20 },
] as const;

const PREFACE = `# Fidelity: results

Written by \`npm run fidelity -- --write\`; [FIDELITY.md](FIDELITY.md) says what comes back and how. At a cut, a recorded program has
written so much and no more, often half a sequence or half a character; a terminal is rebuilt there, or a window attached, and compared with
one that was there all the time.

* **What is seen**: the characters and colours of the screen and the cursor's place, at the cut.
* **The whole state**: also scrollback, wrapped rows, hyperlinks, title, palette, cursor style, and what keys, mouse and pastes send;
  at the cut, after the next ${NEXT_BYTES} bytes and, in the model, at the end.
* **Every inner value** (model): each cell and variable of the emulator: attributes, pens, saved cursors, tab stops, character sets, parser.
* A replayed program does not draw again when it is told a new size, as a real one does that dtach relies on. Keys, clicks and pastes are
  compared as the program gets them, so that a multiplexer may have modes of its own. tmux and screen run with all that their manuals offer
  to pass a program's state on (\`test/fidelity/live/peers.ts\`); both keep scrollback to themselves.

`;

const main = async (): Promise<void> => {
  const recordings = recordingNames()
    .filter((name) => name.includes(options.only))
    .map(readRecording);
  const tables: Table[] = [];
  const notes: string[] = [];
  const isGenerated = options.only === '' || options.only === 'generated';
  if (recordings.length === 0 && !isGenerated) {
    console.error(`no recording has '${options.only}' in its name; there are ${recordingNames().join(', ')}`);
    process.exit(2);
  }
  if ((isAll || options.model) && recordings.length > 0) {
    tables.push({
      title: `Model: ${recordings.length} recorded programs`,
      isModel: true,
      rows: modelRows(recordings),
    });
  }
  if ((isAll || options.model) && isGenerated) {
    tables.push({
      title: `Model: ${options.runs} generated streams with resizes (seed ${options.seed})`,
      isModel: true,
      rows: generatedRows(),
    });
  }
  if ((isAll || options.live) && recordings.length > 0) {
    const present = PEERS.filter(({ name, version }) => {
      const is = version();
      console.log(is === undefined ? `  ${name} is not installed: left out` : `  ${name}: ${is}`);
      notes.push(is === undefined ? `${name} was not installed.` : `${name}: ${is}`);
      return is !== undefined;
    });
    const kinds = [HOLDFAST, ...present];
    tables.push({
      title: 'Live: attached in a window of the same size',
      isModel: false,
      rows: await liveRows(recordings, kinds, true),
    });
    tables.push({
      title: `Live: attached in windows of other sizes (${OTHER_SIZES.map(({ cols, rows }) => `${cols}x${rows}`).join(', ')})`,
      isModel: false,
      rows: await liveRows(recordings, kinds, false),
    });
  }
  const file = join(ROOT, 'out', 'fidelity.json');
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
  const report = merged({ tables, notes }, before);
  const markdown = markdownOf(report);
  console.log(`\n${markdown}`);
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(ROOT, 'out', 'fidelity.md'), markdown);
  if (options.write) {
    writeFileSync(join(ROOT, 'docs', 'FIDELITY-RESULTS.md'), `${PREFACE}${markdown}`);
  }
};

main().then(
  () => process.exit(hasMissed ? 1 : 0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
