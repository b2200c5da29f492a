import { EventEmitter, l10n, type Terminal, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { HoldfastError } from '../../daemon/protocol/errors';
import { SessionCreate } from '../../daemon/protocol/sessions';
import { type Target, targetFromText, viewedTerminal } from '../commands/targets';
import { toShown } from '../commands/view';
import { programSpec, startFolder } from '../environment/programEnvironment';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { changeOf, endsOf, type Known, toApiSession } from './apiSessions';
import { CommandRuns } from './commandRuns';
import type {
  AttachOptions,
  CommandResult,
  CreateOptions,
  HoldfastAPI,
  HoldfastExtension,
  ListOptions,
  RunOptions,
  Session,
  SessionEnd,
  SessionsChange,
} from './holdfast';

/** Of extension/api/holdfast.d.ts: a minor number for what is added, the major one is what `getAPI` takes. */
export const API_VERSION = '1.0.0';
/** How long VS Code may take to make a terminal. */
const MADE_MS = 10_000;

/** What other extensions are given. It listens, and costs something, from the first time somebody asks for it. */
export class ExtensionApi extends Disposable implements HoldfastExtension {
  private _api: Api | undefined;

  public constructor(private readonly _services: Services) {
    super();
  }

  public getAPI(version: number): HoldfastAPI {
    if (version !== 1) {
      throw new HoldfastError(
        'INVALID_INPUT',
        l10n.t('this version of Holdfast has no API {0}', String(version)),
        l10n.t('Ask for getAPI(1), or update Holdfast.'),
      );
    }
    this._api ??= this._register(new Api(this._services));
    return this._api.handedOut;
  }
}

class Api extends Disposable {
  private readonly _onDidChangeSessions = this._register(new EventEmitter<SessionsChange>());
  private readonly _onDidEndSession = this._register(new EventEmitter<SessionEnd>());
  private readonly _runs: CommandRuns;
  private readonly _begunAt = Date.now();
  private _known: Known;

  /** Nothing but what the interface has, whoever holds it. */
  public readonly handedOut: HoldfastAPI = Object.freeze({
    version: API_VERSION,
    onDidChangeSessions: this._onDidChangeSessions.event,
    onDidEndSession: this._onDidEndSession.event,
    list: (options?: ListOptions) => this._list(options),
    create: (options?: CreateOptions) => this._create(options),
    attach: (session: string, options?: AttachOptions) => this._attach(session, options),
    run: (session: string, command: string, options?: RunOptions) => this._run(session, command, options),
  });

  public constructor(private readonly _services: Services) {
    super();
    this._runs = new CommandRuns(_services);
    this._known = this._now();
    this._register(_services.link.onDidChangeSessions(() => this._changed()));
  }

  private async _list({ all = false }: ListOptions = {}): Promise<readonly Session[]> {
    await this._services.link.refreshIfServed();
    return this._services.link
      .all()
      .filter(({ state }) => all || state !== 'exited')
      .map(toApiSession);
  }

  private async _create(options: CreateOptions = {}): Promise<Session> {
    requireTrust();
    const { environment, link } = this._services;
    const { cwd, command, env, name, group, tags, ephemeral } = options;
    const [variables] = await Promise.all([environment.gather(), link.connect()]);
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const { session } = await link.call(SessionCreate.type, {
      ...programSpec(cwd ?? startFolder(), variables, command),
      ...(env === undefined ? {} : { added: env }),
      ...(name === undefined ? {} : { name }),
      ...(group === undefined ? {} : { group }),
      ...(tags === undefined ? {} : { tags }),
      ...(ephemeral === undefined ? {} : { ephemeral }),
      ...(folder?.scheme === 'file' ? { workspace: folder.fsPath } : {}),
    });
    return toApiSession(session);
  }

  private async _attach(
    session: string,
    { readOnly = false, preserveFocus = false }: AttachOptions = {},
  ): Promise<Terminal> {
    const shown = toShown(await this._find(session), readOnly);
    if (shown === undefined) {
      throw new HoldfastError(
        'TERMINAL_NOT_FOUND',
        l10n.t("the session '{0}' has no terminal", session),
        l10n.t('Choose another one.'),
      );
    }
    const { open } = this._services;
    await open.show(shown, { focus: preserveFocus ? 'preserve' : 'terminal' });
    await open.whenMade(MADE_MS);
    const terminal = open.terminalOf(shown);
    if (terminal === undefined) {
      throw new HoldfastError('INTERNAL_ERROR', l10n.t('VS Code has made no terminal'), l10n.t('Try again.'));
    }
    return terminal;
  }

  private async _run(session: string, command: string, options: RunOptions = {}): Promise<CommandResult> {
    requireTrust();
    const target = await this._find(session);
    const terminal = viewedTerminal(target);
    if (terminal === undefined) {
      throw new HoldfastError(
        'TERMINAL_NOT_FOUND',
        l10n.t("the session '{0}' has no terminal", session),
        l10n.t('Choose another one.'),
      );
    }
    return this._runs.run(target.session, terminal, command, options);
  }

  private async _find(session: string): Promise<Target> {
    if (typeof session !== 'string') {
      throw new HoldfastError(
        'INVALID_INPUT',
        l10n.t("a session is named by its id, its name, or 'SESSION:TERMINAL'"),
        l10n.t('Pass the id that list() tells.'),
      );
    }
    await this._services.link.refreshIfServed();
    return targetFromText(this._services, session);
  }

  private _now(): Known {
    return new Map(this._services.link.all().map((info) => [info.id, toApiSession(info)]));
  }

  private _changed(): void {
    const before = this._known;
    this._known = this._now();
    const change = changeOf(before, this._known);
    if (change === undefined) {
      return;
    }
    this._onDidChangeSessions.fire(change);
    for (const end of endsOf(before, change, this._begunAt)) {
      this._onDidEndSession.fire(end);
    }
  }
}
