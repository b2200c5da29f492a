import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownTemporary, ownTemporaryFiles } from './ownTemporary';
import { codeServerEntry } from './tools';

const START_TIMEOUT_MS = 60_000;

export interface CodeServerOptions {
  /** Holds the user's data, the extensions and the configuration; outlives a server and is given to the next. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The user's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly verbose?: boolean;
  /** Where the extensions are that VS Code brings itself; its own folder unless given. */
  readonly builtinExtensions?: string;
}

/** A real VS Code server on a loopback port of its own choice, leader of its own process group. */
export class CodeServer {
  private constructor(
    private readonly _process: ChildProcess,
    /** Where the workbench is, such as `http://127.0.0.1:39151`. */
    public readonly url: string,
  ) {}

  public static async start(options: CodeServerOptions): Promise<CodeServer> {
    const child = spawn(process.execPath, serverCommand(options), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...options.environment, ...ownTemporary(options.folder), VSCODE_OPTIONS: '' },
    });
    try {
      return new CodeServer(child, await address(child, options.verbose ?? false));
    } catch (error) {
      killGroup(child, 'SIGKILL');
      throw error;
    }
  }

  /** The server's pid, which is its process group too. */
  public get pid(): number {
    return this._process.pid ?? 0;
  }

  /** Ends everything the server has started in its group at once, as a crash of the machine's editor would. */
  public async kill(): Promise<void> {
    const gone = ended(this._process);
    killGroup(this._process, 'SIGKILL');
    await gone;
  }
}

/** Writes a server's settings, and tells what Node is started with for it. */
export const serverCommand = (options: CodeServerOptions): string[] => {
  const settingsFolder = join(options.folder, 'data/User');
  mkdirSync(settingsFolder, { recursive: true });
  mkdirSync(join(options.folder, 'extensions'), { recursive: true });
  const settings = { ...BASE_SETTINGS, ...options.settings };
  writeFileSync(join(settingsFolder, 'settings.json'), JSON.stringify(settings, undefined, 2));
  return [
    ...baseArguments(options.folder),
    '--auth',
    'none',
    '--bind-addr',
    '127.0.0.1:0',
    '--disable-telemetry',
    '--disable-update-check',
    ...(settings['security.workspace.trust.enabled'] ? [] : ['--disable-workspace-trust']),
    '--disable-getting-started-override',
    ...(options.builtinExtensions === undefined
      ? []
      : ['--builtin-extensions-dir', options.builtinExtensions]),
    // The page's `window.driver`, and the extension tests' keys in its URL.
    '--vscode-option',
    'enable-smoke-test-driver',
  ];
};

/** Installs a packed extension as a user would. */
export const installExtension = async (
  folder: string,
  vsix: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> => {
  mkdirSync(join(folder, 'extensions'), { recursive: true });
  await promisify(execFile)(process.execPath, [...baseArguments(folder), '--install-extension', vsix], {
    env: { ...environment, ...ownTemporaryFiles(folder), VSCODE_OPTIONS: '' },
  });
};

const baseArguments = (folder: string): string[] => [
  codeServerEntry(),
  '--config',
  join(folder, 'config.yaml'),
  '--user-data-dir',
  join(folder, 'data'),
  '--extensions-dir',
  join(folder, 'extensions'),
];

/** Nothing that asks, greets, animates or updates: what a test looks at must stay where it is. */
const BASE_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.reduceMotion': 'on',
  'workbench.enableExperiments': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.gpuAcceleration': 'off',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
};

const address = (child: ChildProcess, verbose: boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`code-server did not listen within ${START_TIMEOUT_MS} ms\n${output}`)),
      START_TIMEOUT_MS,
    );
    const onData = (data: Buffer): void => {
      output += data.toString();
      if (verbose) {
        process.stderr.write(data);
      }
      const url = /HTTP server listening on (http:\/\/[^\s/]+)/.exec(output)?.[1];
      if (url !== undefined) {
        clearTimeout(timer);
        resolve(url);
      }
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`code-server ended with ${code}\n${output}`));
    });
  });

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

const killGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    process.kill(-(child.pid ?? 0), signal);
  } catch {
    // The group is gone already.
  }
};
