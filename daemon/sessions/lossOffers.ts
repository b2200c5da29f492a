import type { SessionId } from '../protocol/ids';
import type { SessionInfo } from '../protocol/model';
import type { SessionOfferLost } from '../protocol/sessions';
import { requireSessionInfo } from './info';
import { lossOf } from './loss';
import type { Parts } from './parts';

/**
 * Who asks people about what was lost: one client at a time for each loss, so that three windows do not ask three
 * times. The answer is kept; a client that leaves without one has not asked, and the next one may.
 */
export class LossOffers {
  private readonly _asking = new Map<SessionId, object>();

  /** @param _settled resolves when all that is known to be lost at this moment is stored as lost */
  public constructor(
    private readonly _parts: Parts,
    private readonly _settled: () => Promise<void>,
  ) {}

  /** Hands what nobody asks about to `client`, which does from now on. */
  public async claim(client: object): Promise<SessionOfferLost.Result> {
    // The death of a PTY host takes many at once, and is one question.
    await this._settled();
    const { catalog } = this._parts;
    const sessions: SessionInfo[] = [];
    for (const row of catalog.sessions) {
      if (lossOf(row, catalog) === 'unanswered' && !this._asking.has(row.id)) {
        this._asking.set(row.id, client);
        sessions.push(requireSessionInfo(row.id, catalog));
      }
    }
    return { sessions };
  }

  /** Somebody has answered: these losses are asked about no more. Sessions that are gone are no error. */
  public async answered(ids: readonly SessionId[]): Promise<void> {
    const { catalog, queues } = this._parts;
    for (const id of ids) {
      this._asking.delete(id);
      await queues.run(id, async () => {
        if (catalog.session(id) !== undefined) {
          await catalog.changeSession(id, (row) => ({ ...row, lossAnswered: true }));
        }
      });
    }
  }

  /** A client is gone. */
  public left(client: object): void {
    for (const [id, asking] of this._asking) {
      if (asking === client) {
        this._asking.delete(id);
      }
    }
  }
}
