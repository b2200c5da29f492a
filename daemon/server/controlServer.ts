import type { GenericSchema } from 'valibot';
import type { RequestType } from 'vscode-jsonrpc';
import { Emitter } from '../lifecycle/event';
import { Disposable, type IDisposable } from '../lifecycle/lifecycle';
import { SessionClaimNotice, TerminalWatch } from '../protocol/attention';
import { DaemonDiagnose, DaemonKeep, DaemonShutdown, DaemonStatus } from '../protocol/daemon';
import { TerminalEnvironment } from '../protocol/environment';
import { HoldfastError, type WireError } from '../protocol/errors';
import { EventsList, EventsSubscribe } from '../protocol/events';
import { HistoryList } from '../protocol/history';
import { TerminalMouse } from '../protocol/mouse';
import {
  SessionArrange,
  SessionArrangeGroups,
  SessionCreate,
  SessionDetach,
  SessionKill,
  SessionList,
  SessionLossAnswered,
  SessionOfferLost,
  SessionRemove,
  SessionRename,
  SessionRestart,
  SessionResurrect,
  SessionResurrectAll,
  SessionSet,
  SessionShow,
} from '../protocol/sessions';
import {
  TerminalAttach,
  TerminalKey,
  TerminalOutput,
  TerminalRefresh,
  TerminalResize,
  TerminalShellNonce,
  TerminalSnapshot,
  TerminalSpawn,
  TerminalStreamReady,
  TerminalTheme,
  TerminalType,
} from '../protocol/terminals';
import { TerminalWait } from '../protocol/waits';
import type { Attentions } from '../sessions/attentions';
import type { Catalog } from '../sessions/catalog';
import type { EnvironmentService } from '../sessions/environmentService';
import type { HistoryService } from '../sessions/historyService';
import { sessionInfo } from '../sessions/info';
import type { LossOffers } from '../sessions/lossOffers';
import type { Resurrecting } from '../sessions/resurrecting';
import type { SessionService } from '../sessions/sessionService';
import type { TerminalService } from '../sessions/terminalService';
import type { AcceptedPeer } from '../transport/accept';
import { RpcPeer } from '../transport/rpc';
import type { DaemonService } from './daemonService';
import { Rights } from './rights';
import { Schema, validate } from './schemas';
import { Subscription } from './subscriptions';

export interface Services {
  readonly catalog: Catalog;
  readonly sessions: SessionService;
  readonly terminals: TerminalService;
  readonly environments: EnvironmentService;
  readonly history: HistoryService;
  readonly resurrecting: Resurrecting;
  readonly offers: LossOffers;
  readonly attentions: Attentions;
  readonly daemon: DaemonService;
  readonly report: (what: string, error: unknown) => void;
}

/** Calls of one client that have not been answered yet: a window with 2000 terminals has each attached at once, and more. */
export const MAX_CALLS = 4096;
/** A client that leaves so much of its answers unread is not read from until it has taken them: a long history is as much. */
export const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

/** Serves the control protocol to every client that has said hello. */
export class ControlServer extends Disposable {
  private readonly _onClientsChanged = this._register(new Emitter<number>());
  /** How many clients are connected. */
  public readonly onClientsChanged = this._onClientsChanged.event;
  private readonly _clients = new Set<RpcPeer>();
  private readonly _subscriptions = new Map<RpcPeer, Subscription>();

  public constructor(private readonly _services: Services) {
    super();
  }

  public get clients(): number {
    return this._clients.size;
  }

  public accept({ socket, hello }: AcceptedPeer): void {
    const peer = new RpcPeer(socket, { calls: MAX_CALLS, unreadBytes: MAX_UNREAD_BYTES });
    this._clients.add(peer);
    peer.onClose(() => {
      this._clients.delete(peer);
      this._subscriptions.get(peer)?.dispose();
      this._subscriptions.delete(peer);
      this._services.offers.left(peer);
      this._services.attentions.left(peer);
      this._onClientsChanged.fire(this._clients.size);
    });
    const { catalog, sessions, terminals, environments, history } = this._services;
    const { resurrecting, offers, attentions, daemon } = this._services;
    const on = <P, R>(
      type: RequestType<P, R, WireError>,
      schema: GenericSchema<unknown, P>,
      handler: (params: P, onCancel: OnCancel) => R | Promise<R>,
    ): void => {
      peer.handle(type, async (params, onCancel) =>
        this._answer(type.method, () => {
          rights.demandFor(type.method);
          return handler(validate(schema, params), onCancel);
        }),
      );
    };
    const { kind } = hello.client;
    const rights = new Rights(hello.capabilities);

    on(SessionCreate.type, Schema.sessionCreate, (params) => sessions.create(params, kind));
    on(SessionList.type, Schema.sessionList, (params) => sessions.list(params));
    on(SessionShow.type, Schema.sessionShow, (params) => sessions.show(params));
    on(SessionRename.type, Schema.sessionRename, (params) => sessions.rename(params));
    on(SessionSet.type, Schema.sessionSet, (params) => sessions.set(params));
    on(SessionArrange.type, Schema.sessionArrange, (params) => sessions.arrange(params));
    on(SessionArrangeGroups.type, Schema.sessionArrangeGroups, (params) => sessions.arrangeGroups(params));
    on(SessionKill.type, Schema.sessionKill, (params) => sessions.kill(params));
    on(SessionRemove.type, Schema.sessionRemove, (params) => sessions.remove(params));
    on(SessionRestart.type, Schema.sessionRestart, (params) => sessions.restart(params, kind));
    on(SessionResurrect.type, Schema.sessionResurrect, (params) => resurrecting.resurrect(params));
    on(SessionResurrectAll.type, Schema.sessionResurrectAll, (params) => resurrecting.resurrectAll(params));
    on(SessionOfferLost.type, Schema.nothing, () => offers.claim(peer));
    on(SessionLossAnswered.type, Schema.sessionLossAnswered, async (params) => {
      await offers.answered(params.sessions);
      return {};
    });
    on(SessionDetach.type, Schema.sessionDetach, (params) => sessions.detach(params));

    on(TerminalSpawn.type, Schema.terminalSpawn, (params) => terminals.spawn(params, kind));
    on(TerminalAttach.type, Schema.terminalAttach, (params) => {
      rights.demandToAttach(params);
      return terminals.attach(params, hello.client, (ready) => peer.notify(TerminalStreamReady.type, ready));
    });
    on(TerminalRefresh.type, Schema.terminalRefresh, (params) => terminals.refresh(params));
    on(TerminalSnapshot.type, Schema.terminalSnapshot, (params) => terminals.snapshot(params));
    on(TerminalWait.type, Schema.terminalWait, (params, onCancel) =>
      whileWanted(onCancel, (signal) => terminals.wait(params, signal)),
    );
    on(TerminalOutput.type, Schema.terminalOutput, (params) => terminals.output(params));
    on(TerminalType.type, Schema.terminalType, (params) => terminals.type(params));
    on(TerminalKey.type, Schema.terminalKey, (params) => terminals.key(params));
    on(TerminalMouse.type, Schema.terminalMouse, (params) => terminals.mouse(params));
    on(TerminalTheme.type, Schema.terminalTheme, (params) => terminals.setTheme(params));
    on(TerminalResize.type, Schema.terminalResize, (params) => terminals.resize(params));
    on(TerminalShellNonce.type, Schema.terminalShellNonce, (params) => terminals.shellNonce(params));

    on(TerminalEnvironment.type, Schema.terminalEnvironment, (params) => environments.tell(params, kind));

    on(TerminalWatch.type, Schema.terminalWatch, ({ terminal }) => attentions.watch(peer, terminal));
    on(SessionClaimNotice.type, Schema.sessionClaimNotice, (params) => attentions.claimNotice(params));

    on(HistoryList.type, Schema.historyList, (params) => history.list(params));
    on(EventsList.type, Schema.eventsList, (params) => ({ events: catalog.events(params) }));
    on(EventsSubscribe.type, Schema.eventsSubscribe, (params) => {
      this._subscriptions.get(peer)?.dispose();
      this._subscriptions.set(peer, new Subscription(peer, catalog, params));
      return {
        sessions: params.sessions === true ? catalog.sessions.map((row) => sessionInfo(row, catalog)) : [],
      };
    });

    on(DaemonStatus.type, Schema.nothing, () => daemon.status());
    on(DaemonShutdown.type, Schema.daemonShutdown, (params) => daemon.shutdown(params));
    on(DaemonKeep.type, Schema.daemonKeep, (params) => daemon.keep(params));
    on(DaemonDiagnose.type, Schema.nothing, () => daemon.diagnose());

    peer.listen();
    this._onClientsChanged.fire(this._clients.size);
  }

  /** Tells what has changed, as the programs that a stop has ended, lets it arrive, then closes all connections. */
  public async end(timeoutMs: number): Promise<void> {
    for (const subscription of this._subscriptions.values()) {
      subscription.flush();
    }
    const closed = [...this._clients].map(
      (peer) =>
        new Promise<void>((resolve) => {
          peer.onClose(resolve);
          peer.end();
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.all(closed), timeout]);
    clearTimeout(timer);
  }

  public override dispose(): void {
    for (const peer of [...this._clients]) {
      peer.dispose();
    }
    super.dispose();
  }

  private async _answer<R>(method: string, work: () => R | Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      const known = HoldfastError.from(error);
      if (known.code === 'INTERNAL_ERROR') {
        this._services.report(method, error);
      }
      throw known;
    }
  }
}

type OnCancel = (listener: () => void) => IDisposable;

/** Work that is given up once its caller has, or has left. */
const whileWanted = async <R>(onCancel: OnCancel, work: (signal: AbortSignal) => Promise<R>): Promise<R> => {
  const unwanted = new AbortController();
  const subscription = onCancel(() => unwanted.abort());
  try {
    return await work(unwanted.signal);
  } finally {
    subscription.dispose();
  }
};
