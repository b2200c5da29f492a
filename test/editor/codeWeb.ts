/**
 * Runs VS Code extension tests in code-server's workbench, driven by headless Chromium. It takes the arguments
 * that @vscode/test-electron gives to a VS Code executable, prints what the tests print, and exits as they do.
 *
 *   codeWeb [FOLDER] --extensionDevelopmentPath=DIR [--extensionDevelopmentPath=OTHER]… --extensionTestsPath=FILE
 *
 * How: a workbench takes its options from its URL (`?folder=…&payload=[[key, value], …]`). A built product reads
 * the extension tests' keys only when its server was started with the smoke-test driver. Both paths are
 * vscode-remote URIs, so the tests run in the server's extension host, which is Node. When they end, the
 * workbench calls `codeAutomationExit` if the page has it.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import type { ConsoleMessage } from 'playwright-core';
import { CodeServer } from './codeServer';
import { launchBrowser, openPage } from './workbench';

/** A run of the whole suite takes about a minute; a hung one must end before its caller's own limit. */
const RUN_TIMEOUT_MS = 8 * 60_000;
/** How the workbench marks what the extension host prints, when the payload names a debug session. */
const EXTENSION_HOST_MARK = '%c[Extension Host] %c';
/** code-server is installed without its compiled parts; its logger says so with a stack, again and again. */
const NO_NATIVE_LOGGER = 'Error: Could not locate the bindings file';

interface Arguments {
  readonly folder: string | undefined;
  readonly developmentPaths: readonly string[];
  readonly testsPath: string | undefined;
}

const parse = (argv: readonly string[]): Arguments => {
  const values = (name: string): string[] =>
    argv
      .filter((argument) => argument.startsWith(`--${name}=`))
      .map((argument) => argument.slice(name.length + 3));
  return {
    folder: argv.find((argument) => !argument.startsWith('--')),
    developmentPaths: values('extensionDevelopmentPath'),
    testsPath: values('extensionTestsPath').at(-1),
  };
};

const main = async (): Promise<number> => {
  const { folder, developmentPaths, testsPath } = parse(process.argv.slice(2));
  if (testsPath === undefined) {
    throw new Error('--extensionTestsPath=FILE is missing');
  }
  const temporary = mkdtempSync(join(tmpdir(), 'hf-cw-'));
  const [developed, ...others] = developmentPaths;
  // A page keeps one value a key of its payload: the others are there as if they had been installed.
  for (const path of others) {
    cpSync(path, join(temporary, 'extensions', basename(path)), { recursive: true });
  }
  const server = await CodeServer.start({
    folder: temporary,
    environment: process.env,
    verbose: process.env['CODE_WEB_VERBOSE'] !== undefined,
  });
  const browser = await launchBrowser();
  try {
    const page = await openPage(browser);
    const result = new Promise<number>((finish, fail) => {
      void page.exposeFunction('codeAutomationExit', (code: number) => finish(code));
      void page.exposeFunction('codeAutomationLog', () => undefined);
      page.on('crash', () => fail(new Error('the page crashed')));
      setTimeout(() => fail(new Error(`no result within ${RUN_TIMEOUT_MS} ms`)), RUN_TIMEOUT_MS).unref();
    });
    let printed: Promise<void> = Promise.resolve();
    page.on('console', (message) => {
      printed = printed.then(() => print(message));
    });
    const host = new URL(server.url).host;
    const remote = (path: string): string =>
      `vscode-remote://${host}${pathToFileURL(resolve(path)).pathname}`;
    const url = new URL('/', server.url);
    url.searchParams.set('folder', resolve(folder ?? temporary));
    url.searchParams.set(
      'payload',
      JSON.stringify([
        ...(developed === undefined ? [] : [['extensionDevelopmentPath', remote(developed)]]),
        ['extensionTestsPath', remote(testsPath)],
        ['enableProposedApi', ''],
        ['debugId', 'code-web'],
        ['skipWelcome', 'true'],
        ['skipReleaseNotes', 'true'],
      ]),
    );
    await page.goto(url.href);
    const code = await result;
    await printed;
    return code;
  } finally {
    await browser.close();
    await server.kill();
    rmSync(temporary, { recursive: true, force: true });
  }
};

/** Passes on what the extension host printed; other messages are the workbench's own. */
const print = async (message: ConsoleMessage): Promise<void> => {
  if (!message.text().startsWith(EXTENSION_HOST_MARK)) {
    return;
  }
  const [first, , , ...rest] = await Promise.all(
    message.args().map((argument) => argument.jsonValue().catch(() => '?') as Promise<unknown>),
  );
  const text = format(String(first).slice(EXTENSION_HOST_MARK.length), ...rest);
  if (text.startsWith(NO_NATIVE_LOGGER)) {
    return;
  }
  (message.type() === 'error' ? process.stderr : process.stdout).write(`${text}\n`);
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
