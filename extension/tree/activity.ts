import type { SessionId } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';

/** Clocks and messages take their time: what differs by less is the same moment, told twice. */
const SAME_MOMENT_MS = 2000;

interface Known {
  /** As it was told: for how long it has been idle was true at that moment only. */
  readonly told: SessionInfo;
  readonly at: number;
}

/** When something has last happened in sessions: output, or somebody who attached. */
export class Activity {
  private _known: ReadonlyMap<SessionId, Known> = new Map();

  /** @param now milliseconds since 1970, when the daemon has told of those that are new or have changed */
  public note(sessions: readonly SessionInfo[], now: number): void {
    this._known = new Map(sessions.map((session) => [session.id, this._noted(session, now)]));
  }

  public of({ id, createdAt }: SessionInfo): number {
    return this._known.get(id)?.at ?? createdAt;
  }

  private _noted(session: SessionInfo, now: number): Known {
    const known = this._known.get(session.id);
    if (known?.told === session) {
      return known;
    }
    const at = newestOf(session, now);
    // Sessions that rest keep their places among each other.
    const isSame = known !== undefined && at <= known.at + SAME_MOMENT_MS;
    return { told: session, at: isSame ? known.at : at };
  }
}

const newestOf = ({ terminals, lastAttachedAt, createdAt }: SessionInfo, now: number): number =>
  Math.max(createdAt, lastAttachedAt ?? 0, ...terminals.map(({ idleMs }) => now - idleMs));
