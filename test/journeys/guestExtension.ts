import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { installExtension } from '../editor/codeServer';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import type { Executed } from '../extension/executor/executed';
import type { Journey } from './journey';

const SOURCES = resolve(__dirname, '../extension/executor');
const COMMAND = 'Guest: Execute Line in Terminal';

/** Another extension in a journey's editor, packed and installed as Holdfast is; it has the terminal in front run lines. */
export class GuestExtension {
  private constructor(private readonly _noted: string) {}

  /** Before the editor is opened. */
  public static async install(journey: Journey): Promise<GuestExtension> {
    const { folder, environment } = journey.serverOptions;
    const work = join(journey.folder, 'guest');
    await build({
      entryPoints: [join(SOURCES, 'executor.ts')],
      outfile: join(work, 'executor.js'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['vscode'],
      logLevel: 'warning',
    });
    copyFileSync(join(SOURCES, 'package.json'), join(work, 'package.json'));
    const vsix = join(work, 'guest.vsix');
    await createVSIX({
      cwd: work,
      packagePath: vsix,
      dependencies: false,
      allowMissingRepository: true,
      skipLicense: true,
    });
    await installExtension(folder, vsix, environment);
    return new GuestExtension(join(journey.project, 'executed.jsonl'));
  }

  /** Has it run a line that it has not run before. @returns what it was told of its end */
  public async execute(window: Workbench, line: string): Promise<Executed> {
    await window.choose(COMMAND, line);
    return poll(() => this._executed().find((executed) => executed.line === line), {
      what: `the guest to be told of the end of ${line}`,
      state: async () => ({ executed: this._executed(), ...(await window.described()) }),
    });
  }

  private _executed(): readonly Executed[] {
    return existsSync(this._noted)
      ? readFileSync(this._noted, 'utf8')
          .split('\n')
          // Behind the last line's end there is none, or one that is being written.
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Executed)
      : [];
  }
}
