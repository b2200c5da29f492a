import { type ChildProcess, spawn } from 'node:child_process';
import { Disposable, toDisposable } from '../../lifecycle/lifecycle';
import { withoutMasters } from '../pty/descriptors';

/** What a terminal's line discipline does, termios(3). */
export interface Modes {
  /** ICANON: a reader gets whole lines. */
  readonly canonical: boolean;
  /** ECHO: what is typed is shown. */
  readonly echo: boolean;
}

/**
 * Node has no tcgetattr(3), stty(1) has. Starting a program takes this process 1.5 ms, in which no key gets through: so a
 * shell is started once, and starts stty itself for each line it is sent.
 */
const SCRIPT = 'while read -r tty; do stty -a -F "$tty" 2>&1; echo .; done';
const END_OF_ANSWER = /^\.\n/m;
const ANSWER_MS = 5000;
/** Terminals fall silent one after the other. */
const STAY_MS = 10_000;
const MAX_ANSWER = 64 * 1024;

type Answered = (modes: Modes | undefined) => void;

/** Asks the system for the modes of terminals. Costs a process while it is asked, and nothing else. */
export class LineModes extends Disposable {
  private _helper: ChildProcess | undefined;
  private readonly _asked: Answered[] = [];
  private _heard = '';
  private _timer: NodeJS.Timeout | undefined;

  public constructor() {
    super();
    this._register(toDisposable(() => this._drop()));
  }

  /** Undefined where it can't be known: there is no stty, say. */
  public of(ptsName: string): Promise<Modes | undefined> {
    return new Promise((resolve) => {
      const helper = this._isDisposed ? undefined : (this._helper ?? this._start());
      if (helper?.stdin == null) {
        resolve(undefined);
        return;
      }
      this._asked.push(resolve);
      helper.stdin.write(`${ptsName}\n`);
      this._wait(ANSWER_MS);
    });
  }

  private _start(): ChildProcess | undefined {
    let helper: ChildProcess;
    try {
      helper = withoutMasters((nothing) =>
        spawn('/bin/sh', ['-c', SCRIPT], {
          cwd: '/',
          env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
          stdio: nothing.map((entry, fd) => (fd < 2 ? 'pipe' : entry)),
        }),
      );
    } catch {
      // No descriptor or process is free: not known.
      return undefined;
    }
    this._helper = helper;
    const gone = (): void => {
      if (this._helper === helper) {
        this._drop();
      }
    };
    helper.on('error', gone);
    helper.on('exit', gone);
    helper.stdin?.on('error', gone);
    helper.stdout?.setEncoding('latin1').on('data', (text: string) => {
      if (this._helper === helper) {
        this._hear(text);
      }
    });
    return helper;
  }

  private _hear(text: string): void {
    this._heard += text;
    for (let end = END_OF_ANSWER.exec(this._heard); end !== null; end = END_OF_ANSWER.exec(this._heard)) {
      const answer = this._heard.slice(0, end.index);
      this._heard = this._heard.slice(end.index + end[0].length);
      this._asked.shift()?.(parse(answer));
    }
    if (this._heard.length > MAX_ANSWER) {
      this._drop();
    } else {
      this._wait(this._asked.length > 0 ? ANSWER_MS : STAY_MS);
    }
  }

  /** A helper that does not answer, or is not needed any more, goes. */
  private _wait(ms: number): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._drop(), ms);
    this._timer.unref();
  }

  private _drop(): void {
    clearTimeout(this._timer);
    const helper = this._helper;
    this._helper = undefined;
    this._heard = '';
    helper?.stdin?.destroy();
    helper?.stdout?.destroy();
    helper?.kill('SIGKILL');
    for (const answered of this._asked.splice(0)) {
      answered(undefined);
    }
  }
}

const parse = (answer: string): Modes | undefined => {
  const words = new Set(answer.split(/[\s;]+/));
  const of = (name: string): boolean | undefined =>
    words.has(name) ? true : words.has(`-${name}`) ? false : undefined;
  const canonical = of('icanon');
  const echo = of('echo');
  return canonical === undefined || echo === undefined ? undefined : { canonical, echo };
};
