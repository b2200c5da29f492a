import { join } from 'node:path';
import type { Finding } from '../protocol/daemon';
import { HISTORIES_FOLDER, KEYFRAMES_FOLDER } from '../protocol/endpoint';
import type { TerminalId } from '../protocol/ids';
import { MAX_SEGMENTS, SEGMENT_BYTES } from '../screen/historyFile';
import { endOf, type Segment, segmentsOf } from '../screen/historySegments';
import { readKeyframe } from '../screen/keyframe';
import type { Parts } from '../sessions/parts';
import { namesOf } from './lostSessions';

/** Sessions of whose scrollback a file is gone that Holdfast has not removed itself, as it does with the oldest of a long one. */
export const lostHistories = ({ catalog, settings }: Parts): readonly Finding[] => {
  const sessions = new Set(
    catalog.terminals
      .filter(({ id }) => lacksFile(settings.dataDir, id))
      .map(({ session }) => catalog.session(session)?.name ?? session),
  );
  return sessions.size === 0
    ? []
    : [
        {
          check: 'histories',
          status: 'warning',
          message: `files with the scrollback of ${namesOf([...sessions])} are gone from ${join(settings.dataDir, HISTORIES_FOLDER)}`,
          suggestion:
            "What scrolled off the screens is incomplete; the screens themselves are kept, and so is what 'holdfast output' shows. Look who deletes files there.",
        },
      ];
};

const lacksFile = (dataDir: string, terminal: TerminalId): boolean => {
  try {
    const segments = segmentsOf(join(dataDir, HISTORIES_FOLDER), terminal);
    const [oldest] = segments;
    return oldest === undefined
      ? coversHistory(dataDir, terminal)
      : isCutOff(oldest, segments) ||
          segments.some((segment, index) => isBehindHole(segment, segments[index - 1]));
  } catch {
    // One is removed this moment, or can't be looked at, which another check tells.
    return false;
  }
};

const coversHistory = (dataDir: string, terminal: TerminalId): boolean => {
  const keyframe = readKeyframe(join(dataDir, KEYFRAMES_FOLDER), terminal);
  return keyframe !== undefined && keyframe !== 'broken' && keyframe.historyLength > 0;
};

/** The oldest file is removed only when there is one more than are kept: that much was written before. */
const isCutOff = (oldest: Segment, segments: readonly Segment[]): boolean =>
  oldest.start > 0 && Math.max(...segments.map(endOf)) < (MAX_SEGMENTS - 1) * SEGMENT_BYTES;

const isBehindHole = (segment: Segment, before: Segment | undefined): boolean =>
  before !== undefined && endOf(before) < segment.start;
