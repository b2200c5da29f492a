import type { IDisposable } from '../../lifecycle/lifecycle';
import type { Size } from '../../protocol/model';

export interface PtyOptions {
  readonly executable: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Complete; nothing is added to it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly size: Size;
}

export interface PtyExit {
  readonly exitCode: number;
  /** 0 when it was not a signal. */
  readonly signal: number;
}

export interface PtyEvents {
  /** Bytes the program wrote; valid during the call only. */
  onData(data: Buffer): void;
  /** The program has ended and everything it wrote has been handed to `onData`. Last of all. */
  onExit(exit: PtyExit): void;
}

/** A program in a PTY; one file a platform. Silent until `start`. */
export interface Pty extends IDisposable {
  readonly pid: number;
  /** The slave's device on Unix. */
  readonly ptsName: string | null;
  /** The name of the foreground process group's leader, where the platform tells. */
  readonly foreground: string | null;

  start(events: PtyEvents): void;
  /** How many bytes the PTY took; 0 when it is full. Never blocks. */
  writeNow(data: Buffer): number;
  resize(size: Size): void;
  pause(): void;
  resume(): void;
  /** Hands over what is readable at this moment, also while paused; at most DRAIN_BYTES. */
  drain(): void;
  /** Sends SIGHUP or SIGKILL to everything that runs in this PTY. */
  end(how: 'hang-up' | 'kill'): Promise<void>;
}

/**
 * More than a PTY can hold (Linux: 64 KiB of tty buffers and 4 KiB of line discipline), so that a drain takes
 * everything that was there when it began; bounded, because a program may go on writing meanwhile.
 */
export const DRAIN_BYTES = 256 * 1024;
