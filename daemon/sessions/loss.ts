import type { LossState } from '../protocol/model';
import type { SessionRow, TerminalRow } from '../store/rows';
import type { Catalog } from './catalog';

/**
 * What is lost again so soon after it came back by itself waits for a person: a PTY host or a machine that dies of
 * what is started would die again and again.
 */
export const SHORTEST_LIFE_MS = 60_000;

/** How it stands with what a session has lost; null when nothing is. */
export const lossOf = (session: SessionRow, catalog: Catalog): LossState | null => {
  const lost = catalog.terminalsOf(session.id).filter((row) => row.state === 'lost');
  if (lost.length === 0) {
    return null;
  }
  const { resurrect, kind, lossAnswered } = session;
  if (resurrect === 'never' || kind === 'ephemeral') {
    // An ephemeral session ends with its viewers, and all of them are gone.
    return 'left-alone';
  }
  if (lossAnswered) {
    return 'answered';
  }
  const comesBack =
    resurrect !== 'ask' && lost.every((row) => hasLived(row) && !catalog.live(row.id).couldNotComeBack);
  return comesBack ? 'coming-back' : 'unanswered';
};

const hasLived = ({ resurrectedAt, exitedAt }: TerminalRow): boolean =>
  resurrectedAt === null || Math.abs((exitedAt ?? Date.now()) - resurrectedAt) >= SHORTEST_LIFE_MS;
