import { HoldfastError } from '../protocol/errors';
import type { ClientKind } from '../protocol/hello';
import type { SessionId } from '../protocol/ids';
import { MAIN_TERMINAL } from '../protocol/model';
import type { SessionCreate } from '../protocol/sessions';
import type { SessionRow } from '../store/rows';
import { groupPlace } from './groupPlace';
import { requireSessionInfo, sessionState } from './info';
import { emptyToNull, uniqueTags } from './labels';
import type { Lifecycle } from './lifecycle';
import { checkColor, checkIcon } from './looks';
import { checkName, folderName, freeName } from './naming';
import type { Parts } from './parts';
import { newSessionId } from './starting';

/** How sessions come to be: made anew, or found by `ensure`; each name is taken once. */
export class Creating {
  /** Names that a creation in progress will take. */
  private readonly _reserved = new Set<string>();
  private readonly _ensuring = new Map<string, Promise<unknown>>();

  public constructor(
    private readonly _parts: Parts,
    private readonly _lifecycle: Lifecycle,
  ) {}

  public isReserved(name: string): boolean {
    return this._reserved.has(name);
  }

  public async create(params: SessionCreate.Params, client: ClientKind): Promise<SessionCreate.Result> {
    if (params.name !== undefined) {
      checkName(params.name);
    }
    if (params.ensure !== true) {
      return this._create(params, client);
    }
    const name = params.name ?? folderName(params.cwd);
    // Of several that ask for the same session at once, the first creates it and the others find it.
    const before = this._ensuring.get(name);
    const work = (before ?? Promise.resolve()).then(
      () => this._ensure(name, params, client),
      () => this._ensure(name, params, client),
    );
    this._ensuring.set(name, work);
    try {
      return await work;
    } finally {
      if (this._ensuring.get(name) === work) {
        this._ensuring.delete(name);
      }
    }
  }

  private async _ensure(
    name: string,
    params: SessionCreate.Params,
    client: ClientKind,
  ): Promise<SessionCreate.Result> {
    const { catalog, queues } = this._parts;
    const existing = catalog.sessionNamed(name);
    if (existing === undefined) {
      return this._create({ ...params, name }, client);
    }
    return queues.run(existing.id, async () => {
      const state = sessionState(existing.id, catalog);
      const hasEnded = state === 'exited' || state === 'lost';
      if (hasEnded) {
        await this._lifecycle.restart(catalog.terminalsOf(existing.id));
      }
      return { session: requireSessionInfo(existing.id, catalog), created: hasEnded };
    });
  }

  private async _create(params: SessionCreate.Params, client: ClientKind): Promise<SessionCreate.Result> {
    const { catalog, queues } = this._parts;
    const isTaken = (name: string): boolean =>
      this._reserved.has(name) ||
      catalog.sessionNamed(name) !== undefined ||
      catalog.session(name as SessionId) !== undefined;
    if (params.name !== undefined && isTaken(params.name)) {
      throw nameTaken(params.name);
    }
    const icon = checkIcon(params.icon ?? '');
    const color = checkColor(params.color ?? '');
    const id = newSessionId();
    const terminal = this._lifecycle.plan(params, client, { session: id, name: MAIN_TERMINAL, position: 0 });
    const name = params.name ?? freeName(folderName(params.cwd), isTaken);
    const session: SessionRow = {
      id,
      name,
      group: emptyToNull(params.group),
      tags: uniqueTags(params.tags ?? []),
      note: emptyToNull(params.note),
      icon,
      color,
      kind: params.ephemeral === true ? 'ephemeral' : 'persistent',
      ttlMs: params.ttlMs ?? null,
      cwd: params.cwd,
      workspace: emptyToNull(params.workspace),
      template: null,
      resurrect: 'ask',
      lossAnswered: false,
      pinned: false,
      quiet: false,
      position: null,
      groupPosition: groupPlace(catalog, emptyToNull(params.group)),
      createdAt: Date.now(),
      lastAttachedAt: null,
      lastUsedAt: 0,
    };
    this._reserved.add(name);
    try {
      await queues.run(id, () => this._lifecycle.start(terminal, session));
    } finally {
      this._reserved.delete(name);
    }
    return { session: requireSessionInfo(id, catalog), created: true };
  }
}

export const nameTaken = (name: string): HoldfastError =>
  new HoldfastError(
    'SESSION_EXISTS',
    `there is a session of the name or id '${name}' already`,
    `Attach with 'holdfast attach ${name}', use --ensure, or choose another name.`,
    { name },
  );
