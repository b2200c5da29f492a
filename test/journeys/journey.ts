import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { CodeServer, type CodeServerOptions } from '../editor/codeServer';
import { provideExtension } from '../editor/installed';
import { poll } from '../editor/patience';
import { launchBrowser, openPage, Workbench } from '../editor/workbench';
import { isBelow, processes } from './processes';

const ROOT = resolve(__dirname, '../..');
const CLI = join(ROOT, 'dist/cli.js');
const run = promisify(execFile);

export interface Snapshot {
  readonly lines: readonly string[];
  readonly size: { readonly cols: number; readonly rows: number };
}

/** What the extension notes of a window, as far as it is asked for here. */
interface WindowRecord {
  readonly terminals: readonly NotedTerminal[];
}

export interface NotedTerminal {
  readonly session: string;
  readonly front: boolean;
  /** The editor group, or null for the panel. */
  readonly column: number | null;
}

export interface ListedSession {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly viewers: number;
  readonly icon: string | null;
  readonly color: string | null;
  readonly terminals: readonly { readonly pid: number | null; readonly name: string }[];
}

/**
 * A person with a machine: folders of their own, the packed extension installed in a real VS Code, a browser,
 * and a shell with the `holdfast` command. Everything it starts is ended by `dispose`.
 */
export class Journey {
  private readonly _folder = realpathSync(mkdtempSync(join(tmpdir(), 'j-')));
  private _server: CodeServer | undefined;
  private _browser: Promise<Browser> | undefined;
  /** What the editor opens. */
  public readonly project = join(this._folder, 'project');
  private readonly _environment: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: join(this._folder, 'home'),
    SHELL: '/bin/bash',
    PS1: '$ ',
    HOLDFAST_SOCKET_DIR: join(this._folder, 'run'),
    HOLDFAST_DATA_DIR: join(this._folder, 'data'),
    // Whether this machine is a container is told by journeys that want it to be one.
    HOLDFAST_SYSTEM_ROOT: join(this._folder, 'system'),
    HOLDFAST_SESSION: undefined,
    HOLDFAST_TERMINAL: undefined,
  };

  private constructor(private readonly _settings: Readonly<Record<string, unknown>>) {
    mkdirSync(this.project);
    mkdirSync(join(this._folder, 'home'));
  }

  public static async begin(settings: Readonly<Record<string, unknown>> = {}): Promise<Journey> {
    const journey = new Journey(settings);
    try {
      await provideExtension(journey._editorFolder, packedExtension());
    } catch (error) {
      rmSync(journey._folder, { recursive: true, force: true });
      throw error;
    }
    return journey;
  }

  private get _editorFolder(): string {
    return join(this._folder, 'editor');
  }

  /** Everything of this person's is below it. */
  public get folder(): string {
    return this._folder;
  }

  /** A file of the system that this journey's machine is taken to have, such as `/.dockerenv`. */
  public systemFile(path: string, text = ''): void {
    const file = join(this._folder, 'system', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** What a shell beside the editor has. */
  public get environment(): NodeJS.ProcessEnv {
    return this._environment;
  }

  /** Starts the editor's server and opens a window on the project. */
  public async openEditor({
    folder,
    locale,
    ...options
  }: Partial<Pick<CodeServerOptions, 'builtinExtensions' | 'settings'>> & {
    readonly folder?: string;
    readonly locale?: string;
  } = {}): Promise<Workbench> {
    // Beside the server, which takes its time too.
    this._browser ??= launchBrowser();
    this._server = await CodeServer.start({
      folder: this._editorFolder,
      environment: this._environment,
      ...options,
      settings: { ...this._settings, ...options.settings },
    });
    return this.openWindow(folder, locale);
  }

  /** One more window, on the project unless told, as another browser tab. */
  public openWindow(folder = this.project, locale?: string): Promise<Workbench> {
    return this.openWindowAt(this._runningServer().url, folder, locale);
  }

  /** A window of a server that is reached elsewhere. */
  public async openWindowAt(url: string, folder = this.project, locale?: string): Promise<Workbench> {
    this._browser ??= launchBrowser();
    return Workbench.open(await this._browser, url, folder, locale);
  }

  /** For a server that somebody else starts. */
  public get serverOptions(): CodeServerOptions {
    return { folder: this._editorFolder, environment: this._environment, settings: this._settings };
  }

  /** A page of the same browser that is no window of the editor's. */
  public async openPage(): Promise<Page> {
    this._browser ??= launchBrowser();
    return openPage(await this._browser);
  }

  /** The whole editor dies at once: server, extension hosts, pty host. */
  public async killEditor(): Promise<void> {
    await this._runningServer().kill();
    this._server = undefined;
  }

  /** The extension host's processes of this editor, by their command line. */
  public extensionHosts(): number[] {
    return processes()
      .filter(({ command }) => command.includes('--type=extensionHost') && command.includes(serverRoot()))
      .filter(({ pid }) => isBelow(pid, this._runningServer().pid))
      .map(({ pid }) => pid);
  }

  /** The processes of Holdfast's own that run, by their command lines. */
  public daemons(): readonly string[] {
    return processes()
      .filter(
        ({ command, environment }) =>
          /\/(daemon|ptyhost)\.js/.test(command) && environment.includes(this._folder),
      )
      .map(({ pid, command }) => `${pid} ${command}`);
  }

  /**
   * Every process that holds programs of this journey dies at once, and they with it.
   * @param signal another one, such as that which has them answer nobody
   */
  public killPtyHosts(signal: NodeJS.Signals = 'SIGKILL'): void {
    const hosts = processes().filter(
      ({ command, environment }) => command.includes('ptyhost.js') && environment.includes(this._folder),
    );
    for (const { pid } of hosts) {
      process.kill(pid, signal);
    }
  }

  /** `holdfast --json …` in a shell beside the editor. */
  public async holdfast<T>(...args: string[]): Promise<T> {
    const { stdout } = await run(process.execPath, [CLI, '--json', ...args], {
      env: this._environment,
      cwd: this.project,
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout) as T;
  }

  /** Waits until the extension has noted which terminal of its window is in front. */
  public async frontNoted(session: string): Promise<void> {
    const { id } = (await this.sessions()).find(({ name }) => name === session) ?? {};
    await this.noted(
      (terminals) => terminals.some((one) => one.session === id && one.front),
      `${session} (${id}) to be noted in front`,
    );
  }

  /** Waits until the extension has noted that of a window's terminals. */
  public async noted(isIt: (terminals: readonly NotedTerminal[]) => boolean, what: string): Promise<void> {
    const folder = join(this._editorFolder, 'data/User/globalStorage/holdfast.holdfast/windows');
    const records = (): readonly string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFileSync(join(folder, name), 'utf8'));
    await poll(() => records().some((record) => isIt((JSON.parse(record) as WindowRecord).terminals)), {
      what,
      state: records,
    });
  }

  public async sessions(): Promise<readonly ListedSession[]> {
    return (await this.holdfast<{ sessions: ListedSession[] }>('ls', '--all')).sessions;
  }

  public snapshot(session: string): Promise<Snapshot> {
    return this.holdfast<Snapshot>('snapshot', session);
  }

  /** Waits until the terminal in front shows exactly what the session's mirror has. */
  public sameScreen(workbench: Workbench, session: string): Promise<readonly string[]> {
    let seen: readonly string[] = [];
    let mirrored: readonly string[] = [];
    return poll(
      async () => {
        const snapshot = await this.snapshot(session);
        mirrored = snapshot.lines;
        const rows = await workbench.terminalRows();
        seen = Array.from(
          { length: snapshot.size.rows },
          (_, row) => rows.at(row - snapshot.size.rows) ?? '',
        );
        return seen.join('\n') === mirrored.join('\n') ? seen : undefined;
      },
      {
        what: 'the window to show what the mirror has',
        state: () => ({ seen, mirrored }),
      },
    );
  }

  /** The last number of a file that a counter appends to; 0 when there is none yet. */
  public count(file: string): number {
    const path = join(this.project, file);
    return existsSync(path) ? Number(readFileSync(path, 'utf8').trim().split('\n').at(-1)) : 0;
  }

  /** Waits until a counter has gone on beyond what it is at now. */
  public goesOn(file: string): Promise<number> {
    const before = this.count(file);
    return poll(() => (this.count(file) > before + 3 ? this.count(file) : undefined), {
      what: `${file} to grow beyond ${before}`,
      state: () => this.count(file),
    });
  }

  /** The sizes that a counter was told of since it began, such as `96x12`. */
  public sizesTold(file: string): readonly string[] {
    const path = join(this.project, sizesOf(file));
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  public artifact(name: string): string {
    return join(ROOT, 'test/artifacts', `${name}.png`);
  }

  /** Ends everything, and fails if something of it is still there. */
  public async dispose(): Promise<void> {
    await Promise.all([this._browser?.then((browser) => browser.close()), this._endServers()]);
    const left = (): readonly string[] =>
      processes()
        .filter(({ environment, command }) => `${command}${environment}`.includes(this._folder))
        .map(({ pid, command }) => `${pid} ${command}`);
    await poll(() => left().length === 0, { what: 'every process of this journey to end', state: left });
    rmSync(this._folder, { recursive: true, force: true });
  }

  private async _endServers(): Promise<void> {
    // The editor first: it would start the daemon again.
    await this._server?.kill();
    await run(process.execPath, [CLI, 'daemon', 'stop', '--force'], { env: this._environment });
  }

  private _runningServer(): CodeServer {
    if (this._server === undefined) {
      throw new Error('the editor does not run');
    }
    return this._server;
  }
}

/**
 * A command that counts in a file and on the screen, ten times a second, and notes each size that it is told of. It is one
 * process, not a loop of the shell: between two commands of a loop the terminal's foreground group is one that has ended, and
 * bash loses about one Ctrl-C in a hundred there.
 */
export const counter = (file: string): string =>
  `node -e 'process.stdout.on("resize", () => fs.appendFileSync("${sizesOf(file)}", process.stdout.getWindowSize().join("x") + "\\n")); let n = 0; setInterval(() => { n++; fs.appendFileSync("${file}", n + "\\n"); console.log("count", n) }, 100)'`;

const sizesOf = (file: string): string => `sizes-${file}`;

/** @throws Error when the extension has not been packed */
export const packedExtension = (): string => {
  const named = process.env['HOLDFAST_VSIX'];
  if (named !== undefined) {
    return named;
  }
  const folder = join(ROOT, 'packages');
  const prefix = `holdfast-${process.platform}-${process.arch}-`;
  const file = existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith(prefix)) : undefined;
  if (file === undefined) {
    throw new Error(`there is no packages/${prefix}*.vsix: run 'npm run package' first`);
  }
  return join(folder, file);
};

const serverRoot = (): string => 'code-server';
