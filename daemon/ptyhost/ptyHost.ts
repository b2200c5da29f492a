import type { Journal } from '../journal/journal';
import { Disposable, DisposableStore, type IDisposable, toDisposable } from '../lifecycle/lifecycle';
import { newId } from '../platform/secrets';
import { HoldfastError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import {
  type HostActivity,
  HostAttended,
  HostExited,
  type HostSpawn,
  HostViewersChanged,
  HostWaitingChanged,
} from '../protocol/host';
import type { SessionId, TerminalId, Ticket, ViewerId } from '../protocol/ids';
import type { AcceptedStream } from '../transport/accept';
import { Activity } from './activity';
import { Attended } from './attended';
import type { DaemonKeeper } from './daemonKeeper';
import { DiskPace } from './diskPace';
import type { Log } from './log';
import { Terminal } from './terminal';
import { Tickets } from './tickets';
import { ViewerStream } from './viewerStream';
import { LineModes } from './waiting/lineModes';

/** What is left of a session 2 s after its programs were hung up is killed: frozen with HostEnd. */
const KILL_AFTER_MS = 2000;

/** The terminals of this process, and the streams that read them. */
export class PtyHost extends Disposable {
  public readonly tickets = new Tickets();
  private readonly _terminals = new Map<TerminalId, Terminal>();
  private readonly _spawning = new Set<TerminalId>();
  private readonly _streams = new Map<ViewerId, ViewerStream>();
  /** Ended and acknowledged, but somebody still reads what they wrote last. */
  private readonly _forgotten = new Set<Terminal>();
  private readonly _activity = new Activity(this._terminals);
  private readonly _modes = this._register(new LineModes());
  private readonly _attended = this._register(
    new Attended((terminal) => this._keeper.peer?.notify(HostAttended.type, { terminal })),
  );
  private readonly _kills = this._register(new DisposableStore());

  public constructor(
    private readonly _keeper: DaemonKeeper,
    private readonly _log: Log,
    private readonly _onDidEmpty: () => void,
  ) {
    super();
    this._register(new DiskPace(() => this._journals()));
    this._register(
      toDisposable(() => {
        for (const item of [...this._streams.values(), ...this._terminals.values(), ...this._forgotten]) {
          item.dispose();
        }
      }),
    );
  }

  /** Terminals whose program runs, or whose end nobody has acknowledged yet. */
  public get terminals(): readonly Terminal[] {
    return [...this._terminals.values()];
  }

  public get isRunningAny(): boolean {
    return this._spawning.size > 0 || this.terminals.some((terminal) => terminal.exit === null);
  }

  public activity(since: number): HostActivity.Result {
    return this._activity.since(since);
  }

  /** @throws HoldfastError SPAWN_FAILED, SESSION_LIMIT, INVALID_INPUT */
  public async spawn(params: HostSpawn.Params): Promise<HostSpawn.Result> {
    const { terminal: id } = params;
    const old = this._terminals.get(id);
    if (this._spawning.has(id) || (old !== undefined && old.exit === null)) {
      throw new HoldfastError('SESSION_RUNNING', `terminal ${id} runs a program`, 'End it first.', {
        terminal: id,
      });
    }
    // Its journal goes on in the new one, so what is left to read of the old is read there.
    this._drop(old);
    this._spawning.add(id);
    try {
      const terminal = await Terminal.spawn(params, this._modes, this._log);
      this._terminals.set(id, terminal);
      terminal.onDidExit((exit) => this._exited(terminal, exit));
      terminal.viewers.onDidChange(() => this._viewersChanged(terminal));
      terminal.onDidResize(() => this._viewersChanged(terminal));
      terminal.waits.onDidChange(() => this._waitingChanged(terminal));
      terminal.onDidAttend(() => this._attended.note(id));
      const { pid, startTime, ptsName, waits } = terminal;
      // What it wrote already is read once the caller has its answer.
      setImmediate(() => terminal.start());
      return { pid, startTime, ptsName, ...(waits.waiting === undefined ? {} : { waiting: null }) };
    } finally {
      this._spawning.delete(id);
      this._onDidEmpty();
    }
  }

  /** @throws HoldfastError TERMINAL_NOT_FOUND */
  public terminal(id: TerminalId): Terminal {
    const terminal = this._terminals.get(id);
    if (terminal === undefined) {
      throw new HoldfastError(
        'TERMINAL_NOT_FOUND',
        `this PTY host has no terminal ${id}`,
        "Run 'holdfast ls'.",
        {
          terminal: id,
        },
      );
    }
    return terminal;
  }

  /** Opens the stream a ticket permits. @throws HoldfastError AUTH_FAILED, TERMINAL_NOT_FOUND */
  public accept(hello: Hello): AcceptedStream {
    const request = this.tickets.use((hello.ticket ?? '') as Ticket);
    const terminal = this.terminal(request.terminal);
    const viewer = newId() as ViewerId;
    return {
      viewer,
      start: (socket) => {
        const stream = new ViewerStream(viewer, terminal, request, socket);
        this._streams.set(viewer, stream);
        stream.onClose(() => this._closed(stream));
      },
    };
  }

  public revoke(viewers: readonly ViewerId[], reason: string): number {
    const streams = viewers.map((id) => this._streams.get(id)).filter((stream) => stream !== undefined);
    for (const stream of streams) {
      stream.revoke(reason);
    }
    return streams.length;
  }

  /** Drops an ended terminal, whose output is to be kept or not. @throws HoldfastError SESSION_RUNNING, STORE_ERROR */
  public forget(id: TerminalId, output: 'kept' | 'removed'): void {
    const terminal = this._terminals.get(id);
    if (terminal === undefined) {
      return;
    }
    if (terminal.exit === null) {
      throw new HoldfastError('SESSION_RUNNING', `terminal ${id} runs a program`, 'End it first.', {
        terminal: id,
      });
    }
    if (output === 'kept' && !terminal.journal.toFile()) {
      throw new HoldfastError(
        'STORE_ERROR',
        `the disk does not take what terminal ${id} wrote last`,
        'Free some disk space and try again.',
        { terminal: id },
      );
    }
    this._terminals.delete(id);
    if (this._streamsOf(terminal).length > 0) {
      this._forgotten.add(terminal);
    } else {
      terminal.dispose();
    }
    this._onDidEmpty();
  }

  /** SIGHUP to everything that runs in a session's terminals, SIGKILL to what is left 2 s later. */
  public async end(session: SessionId): Promise<number> {
    const running = this.terminals.filter(
      (terminal) => terminal.session === session && terminal.exit === null,
    );
    await Promise.all(running.map((terminal) => terminal.end('hang-up')));
    const timer = setTimeout(() => {
      this._kills.release(kill);
      for (const terminal of running) {
        terminal.end('kill').catch((error: unknown) => this._log(`kill: ${String(error)}`));
      }
    }, KILL_AFTER_MS);
    const kill: IDisposable = this._kills.add(toDisposable(() => clearTimeout(timer)));
    return running.length;
  }

  /** Ends every session's programs so, because the machine or the login session ends. */
  public async endAll(): Promise<void> {
    const running = this.terminals.filter((terminal) => terminal.exit === null);
    for (const terminal of running) {
      terminal.takeDown();
    }
    await Promise.all(
      [...new Set(running.map(({ session }) => session))].map((session) => this.end(session)),
    );
  }

  private *_journals(): Generator<Journal> {
    for (const terminal of this._terminals.values()) {
      yield terminal.writtenJournal;
    }
  }

  private _exited(terminal: Terminal, exit: HostExited.Params['exit']): void {
    this._keeper.peer?.notify(HostExited.type, { terminal: terminal.id, exit, head: terminal.journal.head });
    this._onDidEmpty();
  }

  private _viewersChanged(terminal: Terminal): void {
    if (this._terminals.get(terminal.id) === terminal) {
      const { size } = terminal;
      this._keeper.peer?.notify(HostViewersChanged.type, {
        terminal: terminal.id,
        viewers: terminal.viewers.list(size),
        size,
      });
    }
  }

  private _waitingChanged({ id, waits }: Terminal): void {
    const { waiting } = waits;
    this._keeper.peer?.notify(HostWaitingChanged.type, {
      terminal: id,
      ...(waiting === undefined ? {} : { waiting }),
    });
  }

  private _closed(stream: ViewerStream): void {
    this._streams.delete(stream.id);
    const { terminal } = stream;
    if (this._forgotten.has(terminal) && this._streamsOf(terminal).length === 0) {
      this._forgotten.delete(terminal);
      terminal.dispose();
    }
  }

  private _drop(terminal: Terminal | undefined): void {
    if (terminal !== undefined) {
      for (const stream of this._streamsOf(terminal)) {
        stream.revoke('the program is started again');
      }
      this._terminals.delete(terminal.id);
      terminal.dispose();
    }
  }

  private _streamsOf(terminal: Terminal): ViewerStream[] {
    return [...this._streams.values()].filter((stream) => stream.terminal === terminal);
  }
}
