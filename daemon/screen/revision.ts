import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWay } from '../platform/brokenFile';
import { requireOwnFolder } from '../platform/privateFolder';
import { whatIsThere } from '../platform/whatIsThere';
import { HoldfastError } from '../protocol/errors';
import type { TerminalId } from '../protocol/ids';
import type { TerminalModes } from '../protocol/terminals';
import type { Emulator } from './emulator';
import { writeRows } from './rowFlow';
import { RowWriter } from './rowWriter';
import { cursorOf, modesOf } from './screenState';
import { type KeptBaselines, keptBaselines } from './watching/baselines';
import type { Line } from './xtermInternals';

/** The newest revision that was handed out: what was visible, and the offset at which it was first seen. */
export interface RevisionState {
  readonly offset: number;
  readonly hash: string;
}

const HASH_CHARACTERS = 12;

/** The same revision while nothing visible has changed, else a new one at `offset`. */
export const nextRevision = (last: RevisionState | null, hash: string, offset: number): RevisionState =>
  last !== null && last.hash === hash ? last : { offset, hash };

/** Orders by offset: base 36 of fixed width, so that revisions also order as text. */
export const revisionText = ({ offset, hash }: RevisionState): string =>
  `${offset.toString(36).padStart(11, '0')}.${hash}`;

/** @throws HoldfastError INVALID_INPUT for what is no revision */
export const offsetOf = (revision: string): number => {
  const match = /^([0-9a-z]{11})\.[\w-]{12}$/.exec(revision);
  const value = match === null ? Number.NaN : Number.parseInt(match[1] ?? '', 36);
  if (!Number.isSafeInteger(value)) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `'${revision}' is no revision`,
      "Take one from 'holdfast snapshot --format json' or 'holdfast wait --json'.",
    );
  }
  return value;
};

/** A hash of what a person sees (cells with their colours, cursor) and of the modes. */
export const visibleHash = (emulator: Emulator, rows: readonly Line[]): string => {
  const { core, tracked } = emulator;
  const writer = new RowWriter((id) => core._oscLinkService.getLinkData(id), emulator.terminal.cols);
  writeRows(writer, rows, { cols: emulator.terminal.cols });
  const modes: TerminalModes = modesOf(emulator);
  return shortHash(
    JSON.stringify([emulator.size, cursorOf(emulator), modes, [...tracked.colors], writer.take()]),
  );
};

export const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, HASH_CHARACTERS);

/** Revisions are kept beside the keyframe, so that one handed out stays valid when the daemon restarts. */
export const writeRevision = (
  folder: string,
  terminal: TerminalId,
  revision: RevisionState,
  seen: KeptBaselines,
): void => {
  try {
    requireOwnFolder(folder);
    makeWay(pathOf(folder, terminal));
    writeFileSync(pathOf(folder, terminal), JSON.stringify({ ...revision, seen }), { mode: 0o600 });
  } catch {
    // A full disk, or another's folder in place of ours: the revision is good for as long as this daemon lives.
  }
};

export const readRevision = (folder: string, terminal: TerminalId): RevisionState | undefined => {
  const { offset, hash } = readFile(folder, terminal) ?? {};
  return typeof hash === 'string' && typeof offset === 'number' && Number.isSafeInteger(offset)
    ? { offset, hash }
    : undefined;
};

/** What stood on the screen at the revisions that were told last. */
export const readBaselines = (folder: string, terminal: TerminalId): KeptBaselines =>
  keptBaselines(readFile(folder, terminal)?.['seen']);

const readFile = (folder: string, terminal: TerminalId): Readonly<Record<string, unknown>> | undefined => {
  const path = pathOf(folder, terminal);
  try {
    return whatIsThere(path)?.isFile() === true
      ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)
      : undefined;
  } catch {
    // Torn by a crash: the keyframe's revision, or a new one, is right as well.
    return undefined;
  }
};

export const forgetRevision = (folder: string, terminal: TerminalId): void => {
  rmSync(pathOf(folder, terminal), { force: true });
};

const pathOf = (folder: string, terminal: TerminalId): string => join(folder, `${terminal}.revision`);
