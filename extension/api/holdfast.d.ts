/**
 * What Holdfast offers to other extensions: docs/API.md. Copy this file into your extension, or take it from the package
 * (`holdfast/api`); it needs nothing but the types of VS Code.
 */
import type { Event, Terminal as VSCodeTerminal } from 'vscode';

/** What `extensions.getExtension<HoldfastExtension>('holdfast.holdfast').activate()` resolves to. */
export interface HoldfastExtension {
  /** @throws HoldfastError INVALID_INPUT where this version of Holdfast does not have that API */
  getAPI(version: 1): HoldfastAPI;
}

/**
 * Sessions: terminals whose programs outlive the window. All values that are handed out are plain data and stay as they were;
 * ask again, or listen. Every promise that rejects does so with a HoldfastError.
 *
 * `session` is always a session's id or name, or `SESSION:TERMINAL`; without a terminal its first one is meant.
 */
export interface HoldfastAPI {
  /** Of this interface, as semver. */
  readonly version: string;

  /** Sessions came, went or changed; ten times a second at most. */
  readonly onDidChangeSessions: Event<SessionsChange>;

  /** The last program of a session ended, or was lost, while this window was there to hear of it. */
  readonly onDidEndSession: Event<SessionEnd>;

  /** The sessions that are running, lost or unreachable; empty where nothing of Holdfast runs. Starts nothing. */
  list(options?: ListOptions): Promise<readonly Session[]>;

  /**
   * Starts a program in a new session, which no terminal shows until it is attached. It gets what VS Code's own terminals get.
   * @throws HoldfastError INVALID_INPUT, also in a folder that is not trusted; INVALID_NAME, SESSION_EXISTS, CWD_NOT_FOUND, SPAWN_FAILED, SESSION_LIMIT
   */
  create(options?: CreateOptions): Promise<Session>;

  /**
   * Shows a session in a terminal of this window; one that shows it already is brought to the front.
   * @throws HoldfastError SESSION_NOT_FOUND, TERMINAL_NOT_FOUND, DAEMON_UNAVAILABLE
   */
  attach(session: string, options?: AttachOptions): Promise<VSCodeTerminal>;

  /**
   * Runs one command line in a session's shell, as if it were typed there, and waits for its end. It need not be attached. Its shell
   * needs shell integration (bash, zsh, fish, PowerShell, started by Holdfast); one that runs something is waited for.
   * @throws HoldfastError INVALID_INPUT, also in a folder that is not trusted; INTEGRATION_UNAVAILABLE, SESSION_NOT_FOUND,
   * TERMINAL_NOT_FOUND, SESSION_EXITED when the shell ends, SESSION_UNREACHABLE, TIMEOUT (the command goes on)
   */
  run(session: string, command: string, options?: RunOptions): Promise<CommandResult>;
}

export interface ListOptions {
  /** Those too whose programs have ended. */
  readonly all?: boolean;
}

export interface CreateOptions {
  /** `A-Z a-z 0-9 _ . -`, 255 characters at most, free; the folder's name unless given, numbered if taken. */
  readonly name?: string;
  /** An absolute path; the window's first folder unless given, else the home folder. */
  readonly cwd?: string;
  /** Program and arguments; the user's shell unless given. */
  readonly command?: readonly string[];
  /** Added to what VS Code's own terminals get, and above it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly tags?: readonly string[];
  /** Ends a minute after its last viewer has left. */
  readonly ephemeral?: boolean;
}

export interface AttachOptions {
  /** Nothing that is typed reaches the program. */
  readonly readOnly?: boolean;
  /** The keyboard stays where it is. */
  readonly preserveFocus?: boolean;
}

export interface RunOptions {
  /** Milliseconds for all of it, waiting for the shell included; as long as it takes unless given. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly command: string;
  /** Null when the shell did not tell. */
  readonly exitCode: number | null;
  /** What it wrote, as plain text: without escape sequences, `\n` at the ends of lines. Untrusted. */
  readonly output: string;
  /** Whether the beginning of it is no longer kept (8 MiB are). */
  readonly truncated: boolean;
  /** The folder it was entered in. */
  readonly cwd: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number | null;
}

/**
 * `exited`: the program has ended, its last screen stays. `lost`: it went with the machine, or with the process that held it.
 * `unreachable`: it may run, and does not answer.
 */
export type SessionState = 'running' | 'exited' | 'lost' | 'unreachable';

export interface Session {
  readonly id: string;
  readonly name: string;
  /** That of its most alive terminal. */
  readonly state: SessionState;
  readonly group: string | null;
  readonly tags: readonly string[];
  readonly kind: 'persistent' | 'ephemeral';
  /** Where it was started. */
  readonly cwd: string;
  /** The folder of the window that started it. */
  readonly workspace: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** In how many windows and shells it is attached. */
  readonly viewers: number;
  readonly terminals: readonly Terminal[];
}

/** One program of a session. What comes from programs (title, folder, command lines) is untrusted text. */
export interface Terminal {
  readonly id: string;
  readonly name: string;
  /** What was asked for; empty for the user's shell. */
  readonly command: readonly string[];
  readonly pid: number | null;
  readonly state: SessionState;
  /** Null when a signal ended it, or while it runs. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly cwd: string;
  readonly title: string;
  /** Whether its shell tells of its commands: then `run` works. */
  readonly hasShellIntegration: boolean;
  /** What its shell runs; null when nothing, or when it keeps the line to itself. */
  readonly currentCommand: string | null;
}

export interface SessionsChange {
  readonly added: readonly Session[];
  readonly changed: readonly Session[];
  /** As they were last. */
  readonly removed: readonly Session[];
}

export interface SessionEnd {
  readonly session: Session;
  /** Of its first terminal. Both are null when it is not known, or lost. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** An Error with what to do about it. More codes may come: treat one you do not know like INTERNAL_ERROR. */
export interface HoldfastError extends Error {
  readonly code: string;
  readonly suggestion: string;
  /** Whether the same call may succeed later as it is. */
  readonly retryable: boolean;
}
