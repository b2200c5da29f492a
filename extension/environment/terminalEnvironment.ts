import { extensions, type LogOutputChannel, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { cleanEnvironment, prependToPath } from './cleanEnvironment';
import type { EditorLinks } from './editorLinks';
import { ownEnvironment, withoutSession } from './programEnvironment';
import { probeTerminal } from './terminalProbe';

/** What other extensions add changes by what people do; several sessions at once ask once. */
const FRESH_MS = 10_000;
/** Where VS Code does not tell it is not asked for ever: a failure may show people a message each time. */
const MAX_FAILURES = 2;

/** The environment of new programs: that of VS Code's own terminals, as far as VS Code tells it. */
export class TerminalEnvironment extends Disposable {
  private _probed: Promise<Readonly<Record<string, string>> | undefined> = Promise.resolve(undefined);
  private _probedAt = Number.NEGATIVE_INFINITY;
  private _failures = 0;

  /** @param _commandFolder where the command `holdfast` is */
  public constructor(
    private readonly _commandFolder: string,
    private readonly _runtimeDir: string,
    private readonly _links: EditorLinks,
    private readonly _log: LogOutputChannel,
  ) {
    super();
    this._register(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('terminal.integrated')) {
          this._probedAt = Number.NEGATIVE_INFINITY;
        }
      }),
    );
  }

  /** Everything that a new program gets. */
  public async gather(): Promise<Record<string, string>> {
    return prependToPath(this._link(await this._ask()), this._commandFolder, process.platform);
  }

  /** A session is shown here: what it uses to reach a window leads to this one, if its own is gone. */
  public async shown(): Promise<void> {
    const own = ownEnvironment();
    this._link(own);
    const environment = (await this._links.isWanted('git')) ? await this._askWithGit() : own;
    this._link(environment);
    await this._links.adopt(environment);
  }

  /** What comes back with a window is shown before the git extension has told VS Code where it is to be asked. */
  private async _askWithGit(): Promise<Record<string, string>> {
    const environment = await this._ask();
    if (environment['VSCODE_GIT_IPC_HANDLE'] !== undefined || !(await isGitActive())) {
      return environment;
    }
    this._probedAt = Number.NEGATIVE_INFINITY;
    return this._ask();
  }

  /** Whether VS Code has told, when `gather` asked last, what other extensions add to its terminals. */
  public async knowsOthers(): Promise<boolean> {
    return (await this._probed) !== undefined;
  }

  /** Whether a path leads to a window by a link of ours. */
  public isLink(path: string): boolean {
    return this._links.isLink(path);
  }

  private async _ask(): Promise<Record<string, string>> {
    const own = ownEnvironment();
    const probed = await this._probe();
    // The probe's socket for `code` ended with it; the extension host has one of its own.
    return probed === undefined ? own : { ...probed, ...pick(own, 'VSCODE_IPC_HOOK_CLI') };
  }

  private _link(environment: Record<string, string>): Record<string, string> {
    try {
      return this._links.apply(environment);
    } catch (error) {
      this._log.warn(`'code' and git may lose this window in long sessions: ${String(error)}`);
      return environment;
    }
  }

  private _probe(): Promise<Readonly<Record<string, string>> | undefined> {
    if (
      this._failures < MAX_FAILURES &&
      workspace.isTrusted &&
      performance.now() - this._probedAt > FRESH_MS
    ) {
      this._probedAt = performance.now();
      this._probed = probeTerminal(this._runtimeDir).then(
        (environment) => {
          this._failures = 0;
          return withoutSession(cleanEnvironment(environment));
        },
        (error: unknown) => {
          this._failures++;
          this._log.warn(`the environment of VS Code's terminals is not known: ${String(error)}`);
          return undefined;
        },
      );
    }
    return this._probed;
  }
}

/** VS Code starts it with each window, and this waits for it. */
const isGitActive = async (): Promise<boolean> => {
  try {
    const git = extensions.getExtension('vscode.git');
    await git?.activate();
    return git !== undefined;
  } catch {
    // There is no git, or the extension is broken: VS Code tells people.
    return false;
  }
};

const pick = (environment: Readonly<Record<string, string>>, name: string): Record<string, string> => {
  const value = environment[name];
  return value === undefined ? {} : { [name]: value };
};
