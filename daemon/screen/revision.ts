import { createHash } from 'node:crypto';
import type { TerminalModes } from '../protocol/terminals';
import type { Emulator } from './emulator';
import { writeRows } from './rowFlow';
import { RowWriter } from './rowWriter';
import { cursorOf, modesOf } from './screenState';
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
