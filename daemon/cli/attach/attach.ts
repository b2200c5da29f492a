import type { ReadStream } from 'node:tty';
import type {
  Attachment,
  AttachOptions,
  DetachReason,
  ExitStatus,
  ResetReason,
} from '../../client/attachmentTypes';
import type { Connection } from '../../client/connection';
import { compileHotCodeEarly } from '../../platform/hotCode';
import { refuseInspector } from '../../platform/noInspector';
import { printable } from '../../platform/printable';
import { HoldfastError } from '../../protocol/errors';
import type { Size, SizeRule } from '../../protocol/model';
import { SessionShow, type Target } from '../../protocol/sessions';
import { TerminalSnapshot } from '../../protocol/terminals';
import { signalNumber } from '../arguments/signal';
import type { Context } from '../context';
import type { Chord } from './chord';
import { endedScreen } from './endedScreen';
import { EndingSignals } from './endingSignals';
import { endWithTerminal } from './endWithTerminal';
import { Keyboard } from './keyboard';
import { closeKeyStream, openKeyStream } from './keyStream';
import { refuseNested } from './nested';
import { OuterInput } from './outerInput';
import { OuterTerminal } from './outerTerminal';
import { Redrawing } from './redrawing';
import { requireTerminal } from './requireTerminal';
import { SizeNotice } from './sizeNotice';

export interface AttachRequest {
  readonly target: Target;
  /** Undefined: no key detaches. */
  readonly chord: Chord | undefined;
  readonly readOnly: boolean;
  readonly takeOver: boolean;
  readonly sizing: SizeRule;
  readonly history?: number;
}

/** Leaving must not wait for a daemon that is busy or gone. */
const ASK_TIMEOUT_MS = 250;

/** What a session is shown in. */
interface Outside {
  readonly outer: OuterTerminal;
  readonly input: OuterInput;
  readonly keys: ReadStream;
  readonly signals: EndingSignals;
  readonly redrawing: Redrawing;
  readonly notice: SizeNotice;
}

/** Why showing the session ended. */
type End =
  | { readonly kind: 'key' }
  | { readonly kind: 'exited'; readonly status: ExitStatus }
  | { readonly kind: 'detached'; readonly reason: DetachReason }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'redraw' };

/**
 * Shows a session in this process's terminal until detached or ended.
 * @returns the exit status: 0 when detached, else the program's
 * @throws HoldfastError NESTED_SESSION, INVALID_INPUT without a terminal, and what the daemon refuses with
 */
export const attach = async (context: Context, request: AttachRequest): Promise<number> => {
  refuseInspector();
  await refuseNested(context, request.target);
  requireTerminal(context);
  endWithTerminal();
  compileHotCodeEarly();
  const connection = await context.connection();
  const outer = new OuterTerminal(context.stdout);
  let isShown = true;
  // A screen that comes when leaving has begun is shown no more.
  let hasMoreAbove = false;
  // Whether the snapshot that was asked for has a scrollback with it, for the one that is there.
  let hasHistory = false;
  const clear = (reason: ResetReason): string => {
    const empties = hasHistory && reason !== 'catch-up';
    return isShown ? outer.clear(empties ? 'empty' : hasMoreAbove ? 'leave' : 'keep') : '';
  };
  const open = (changes: Partial<AttachOptions>): Promise<Attachment> =>
    connection.attach({
      target: request.target,
      mode: request.readOnly ? 'read-only' : 'interactive',
      size: outer.size,
      sizing: request.sizing,
      flow: 'manual',
      restBytes: 0,
      // The outer scrollback has these rows already, unless it was left behind.
      resetHistory: (reason) => {
        const hasHole = reason !== 'redraw' || redrawing.isAskew;
        const rows = hasHole ? Math.min(request.history ?? Number.POSITIVE_INFINITY, outer.rowsToShow) : 0;
        hasHistory = rows > 0;
        return rows === Number.POSITIVE_INFINITY ? undefined : rows;
      },
      reset: (reason) => (reason === 'attach' ? outer.scrollOut() : clear(reason)),
      ...(request.history === undefined ? {} : { history: request.history }),
      ...(request.takeOver ? { takeOver: true } : {}),
      ...changes,
    });
  const afterStop = (reason: ResetReason): string => clear(reason === 'attach' ? 'catch-up' : reason);
  // Whatever is refused is refused before the terminal is touched.
  let attachment = await open({});
  const wasRunning = attachment.info.terminal.state === 'running';
  const signals = new EndingSignals();
  const input = new OuterInput((colors) => {
    outer.setColours(colors);
    attachment.setTheme(colors);
  });
  const keys = openKeyStream((data) => input.push(data));
  const redrawing = new Redrawing(outer.size, attachment.info.size, async () => {
    hasMoreAbove = await hasScrollback(connection, attachment);
    const isDrawn = await attachment.redraw();
    notice.update(outer.size, redrawing.inForce);
    return isDrawn;
  });
  const notice = new SizeNotice(attachment.info.sessionName, (title) => outer.setTitle(title));
  const outside: Outside = { outer, input, keys, signals, redrawing, notice };
  // Whatever is waited for does not come from a terminal that is gone.
  for (const event of ['end', 'error', 'close']) {
    keys.on(event, () => input.dispose());
  }
  outer.enter(keys);
  // Before anything of the session is shown; answers that come late are taken out all the same.
  outer.write(input.question, () => undefined);
  try {
    let end = await show(attachment, outside, request);
    while (end.kind === 'redraw') {
      // This process was stopped: the shell has written over the screen and changed the modes.
      // What is typed by now waits in the terminal until somebody listens again.
      keys.pause();
      attachment.dispose();
      outer.makeRaw();
      const target = { text: `${attachment.info.session}:${attachment.info.terminal.id}` };
      attachment = await open({ target, history: 0, takeOver: false, reset: afterStop });
      end = await show(attachment, outside, request);
    }
    isShown = false;
    redrawing.dispose();
    notice.dispose();
    if (end.kind === 'exited') {
      await outer.idle();
    }
    const here = outer.size;
    const [below, name, gone] = await Promise.all([
      rowsInUse(connection, attachment, end, here),
      nameNow(connection, attachment, end),
      wasRunning || end.kind !== 'exited' ? '' : endedScreen(connection, attachment, ASK_TIMEOUT_MS),
    ]);
    await outer.leave(below, () => input.answered());
    context.print(gone);
    tellSize(context, end, redrawing.inForce, here);
    if (!attachment.isReachable) {
      context.notice("the process that holds the session does not answer; 'holdfast doctor' tells more");
    }
    return conclude(context, end, name, wasRunning ? undefined : (request.target.text ?? name));
  } finally {
    redrawing.dispose();
    notice.dispose();
    attachment.dispose();
    input.dispose();
    outer.dispose();
    signals.dispose();
    closeKeyStream(keys);
  }
};

/** Whether the session has more rows above its screen, and so has taken back as many as it could when it grew. */
const hasScrollback = async (connection: Connection, { info }: Attachment): Promise<boolean> => {
  const params = { target: { text: `${info.session}:${info.terminal.id}` }, scrollback: 1 };
  const screen = await connection
    .call(TerminalSnapshot.type, params, { timeoutMs: ASK_TIMEOUT_MS })
    .catch(() => undefined);
  return screen !== undefined && screen.lines.length > screen.size.rows;
};

/**
 * Where the screen's text ends, for the shell that goes on below it. A program that has ended left the cursor
 * there; else the daemon is asked, and when it does not answer at once the whole screen counts.
 */
const rowsInUse = async (
  connection: Connection,
  attachment: Attachment,
  end: End,
  size: Size,
): Promise<number | 'cursor' | undefined> => {
  if (end.kind !== 'key' && end.kind !== 'detached') {
    return end.kind === 'exited' ? 'cursor' : undefined;
  }
  try {
    const target = { text: `${attachment.info.session}:${attachment.info.terminal.id}` };
    const screen = await connection.call(TerminalSnapshot.type, { target }, { timeoutMs: ASK_TIMEOUT_MS });
    const isSame = screen.size.cols === size.cols && screen.size.rows === size.rows;
    const lastRow = screen.lines.findLastIndex((line) => line !== '');
    return isSame && screen.buffer === 'normal' ? Math.max(lastRow, screen.cursor.row) + 1 : undefined;
  } catch {
    // No daemon at the moment, or no such session any more: nothing depends on it.
    return undefined;
  }
};

/** The session's name: another one may have been given to it while it was shown. */
const nameNow = async (connection: Connection, { info }: Attachment, end: End): Promise<string> => {
  if (end.kind !== 'key' && end.kind !== 'detached') {
    return info.sessionName;
  }
  try {
    const target = { text: info.session };
    const { session } = await connection.call(SessionShow.type, { target }, { timeoutMs: ASK_TIMEOUT_MS });
    return session?.name ?? info.sessionName;
  } catch {
    // No daemon at the moment, or no such session any more: what it was called when it was attached.
    return info.sessionName;
  }
};

/** Shows one attachment until something ends it; every listener is gone when it returns. */
const show = async (
  attachment: Attachment,
  { outer, input, keys, signals, redrawing, notice }: Outside,
  request: AttachRequest,
): Promise<End> => {
  const undo: (() => void)[] = [];
  try {
    return await new Promise<End>((resolve) => {
      const keyboard = new Keyboard(
        {
          send: (data) => void (request.readOnly || attachment.write(data)),
          detach: () => resolve({ kind: 'key' }),
        },
        request.chord,
      );
      undo.push(() => keyboard.dispose());
      for (const subscription of [
        attachment.onData((data) => {
          redrawing.wrote();
          outer.write(data, () => attachment.acknowledge(data.length));
        }),
        attachment.onResize((size) => {
          redrawing.follow(size);
          notice.update(outer.size, size);
        }),
        attachment.onState((state) => {
          if (state === 'catching-up') {
            // Whole screens follow. A slow terminal would show what waits for minutes first.
            outer.skip();
          }
        }),
        attachment.onExit((status) => resolve({ kind: 'exited', status })),
        attachment.onDetach((reason) => resolve({ kind: 'detached', reason })),
      ]) {
        undo.push(() => subscription.dispose());
      }
      const on = (emitter: NodeJS.EventEmitter, event: string, listener: () => void): void => {
        emitter.on(event, listener);
        undo.push(() => emitter.off(event, listener));
      };
      undo.push(input.listen((data) => keyboard.push(data)));
      // The terminal is gone; its SIGHUP may have been sent to somebody else.
      on(keys, 'end', () => resolve({ kind: 'signal', signal: 'SIGHUP' }));
      on(keys, 'error', () => resolve({ kind: 'signal', signal: 'SIGHUP' }));
      on(process.stdout, 'resize', () => {
        redrawing.resize(outer.size);
        attachment.resize(outer.size);
        notice.update(outer.size, redrawing.inForce);
      });
      undo.push(signals.handle((signal) => resolve({ kind: 'signal', signal })));
      if (process.platform !== 'win32') {
        // A listener is all it takes to ignore it: Ctrl-Z belongs to the program in the session.
        on(process, 'SIGTSTP', () => undefined);
        on(process, 'SIGCONT', () => resolve({ kind: 'redraw' }));
      }
      keys.resume();
      attachment.start();
      notice.update(outer.size, redrawing.inForce);
    });
  } finally {
    for (const one of undo) {
      one();
    }
  }
};

/** While the session is shown only the title says it: the screen is the session's, to the last row. */
const tellSize = (context: Context, end: End, inForce: Size, here: Size): void => {
  const left = end.kind === 'key' || end.kind === 'detached';
  if (left && (inForce.cols !== here.cols || inForce.rows !== here.rows)) {
    context.notice(
      `the session has another viewer's size, ${inForce.cols}x${inForce.rows}; this terminal has ${here.cols}x${here.rows}`,
    );
  }
};

/** @param ended what had ended before it was attached, as it was asked for */
const conclude = (context: Context, end: End, name: string, ended: string | undefined): number => {
  const shown = printable(name);
  switch (end.kind) {
    case 'key':
      context.notice(`detached from ${shown}`);
      return 0;
    case 'exited':
      if (ended !== undefined) {
        const which = printable(ended);
        context.notice(`this is the last screen of ${which}; 'holdfast restart ${which}' starts it again`);
      }
      return statusOf(end.status);
    case 'signal':
      return 128 + signalNumber(end.signal);
    case 'detached':
      return concludeDetached(context, end.reason, shown, printable(ended ?? name));
    case 'redraw':
      return 0;
  }
};

const concludeDetached = (
  context: Context,
  { kind, message, state }: DetachReason,
  name: string,
  /** What was to be shown, as the caller has named it. */
  target: string,
): number => {
  if (kind === 'requested' || kind === 'revoked') {
    const why = message === 'detached' ? 'asked for elsewhere' : printable(message);
    context.notice(`detached from ${name}: ${why}`);
    return 0;
  }
  throw kind === 'gone'
    ? new HoldfastError(
        'SESSION_EXITED',
        message,
        state === 'lost'
          ? `Run 'holdfast resurrect ${target}' for a shell in its place, or 'holdfast restart ${target}' for the program.`
          : `'holdfast show ${name}' says what is known of it.`,
      )
    : new HoldfastError('DAEMON_UNAVAILABLE', message, `Try 'holdfast attach ${name}' again.`);
};

/** A program ended by a signal gives 128 and the signal's number, as in a shell; unknown counts as failed. */
const statusOf = ({ exitCode, signal }: ExitStatus): number =>
  signal === null ? (exitCode ?? 1) : 128 + signalNumber(signal);
