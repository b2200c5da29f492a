import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

const PACKAGES = resolve(__dirname, '../../packages');
const { version } = JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8'));
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
/** Every text in every language: without its file, VS Code shows the English ones. */
const TEXTS = ['', '.de', '.ja', '.zh-cn'].flatMap((language) => [
  `package.nls${language}.json`,
  `l10n/bundle.l10n${language}.json`,
]);
const MB = 1e6;
const EXECUTE_BITS = 0o111;

interface Packed {
  readonly size: number;
  /** Path → POSIX mode. */
  readonly files: ReadonlyMap<string, number>;
  readonly manifest: Readonly<Record<string, unknown>>;
  /** What the marketplace reads. */
  readonly vsixManifest: string;
}

const read = async (target: string): Promise<Packed> => {
  const path = join(PACKAGES, `holdfast-${target}-${version}.vsix`);
  const zip: ZipFile = await openPromise(path);
  const files = new Map<string, number>();
  const texts = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, entry.externalFileAttributes >>> 16);
    if (/^(extension\/package\.json|extension\.vsixmanifest)$/.test(entry.fileName)) {
      texts.set(entry.fileName, await textOf(zip, entry));
    }
  }
  return {
    size: statSync(path).size,
    files,
    manifest: JSON.parse(texts.get('extension/package.json') ?? '{}'),
    vsixManifest: texts.get('extension.vsixmanifest') ?? '',
  };
};

const textOf = async (zip: ZipFile, entry: Entry): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};

const prebuildPlatforms = (packed: Packed): readonly string[] => [
  ...new Set([...packed.files.keys()].flatMap((file) => /\/prebuilds\/([^/]+)\//.exec(file)?.[1] ?? [])),
];

describe('packages', () => {
  it('are one a platform and a universal one, all of this version', () => {
    const expected = [...PLATFORMS, 'universal'].map((target) => `holdfast-${target}-${version}.vsix`);
    assert.deepEqual(readdirSync(PACKAGES).sort(), expected.sort());
  });

  for (const target of [...PLATFORMS, 'universal']) {
    describe(target, () => {
      it('holds what runs and nothing of the repository', async () => {
        const { files, manifest } = await read(target);
        for (const name of [
          'extension',
          'window',
          'daemon',
          'daemonServer',
          'ptyhost',
          'screenWorker',
          'cli',
          'client',
          'uninstall',
        ]) {
          assert.ok(files.has(`extension/dist/${name}.js`), `${name}.js is missing`);
        }
        for (const name of [
          'dist/sql-wasm.wasm',
          'dist/build-id',
          'dist/shells/bash.sh',
          'dist/shells/zsh/.zshenv',
          'dist/shells/zsh/integration.zsh',
          'dist/shells/fish.fish',
          'dist/shells/pwsh.ps1',
          'media/icon.png',
          'readme.md',
          'LICENSE.txt',
          ...TEXTS,
        ]) {
          assert.ok(files.has(`extension/${name}`), `${name} is missing`);
        }
        const strangers = [...files.keys()].filter((file) =>
          /node_modules|\.map$|\.pdb$|\.mjs$|\.test\.|tsconfig|\.tools|\.log$|(?<!\.d)\.ts$/.test(file),
        );
        assert.deepEqual(strangers, []);
        assert.equal(manifest['l10n'], './l10n');
        assert.deepEqual(manifest['scripts'], { 'vscode:uninstall': 'node ./dist/uninstall' });
        assert.equal(manifest['devDependencies'], undefined);
      });

      it('holds the binaries of its platform only', async () => {
        const packed = await read(target);
        const expected = target === 'universal' ? PLATFORMS : [target];
        assert.deepEqual([...prebuildPlatforms(packed)].sort(), [...expected].sort());
        const native = [...packed.files.keys()].filter((file) => /\.(node|dll|exe)$/.test(file));
        assert.ok(native.length > 0);
        assert.equal(
          packed.files.has('extension/dist/bin/node.exe'),
          target.startsWith('win32-'),
          'node.exe belongs in the Windows packages',
        );
      });

      it('says to the marketplace which platform it is for', async () => {
        const { vsixManifest } = await read(target);
        const stated = /TargetPlatform="([^"]+)"/.exec(vsixManifest)?.[1];
        assert.equal(stated, target === 'universal' ? undefined : target);
      });

      it('keeps the execute bits of what is executed', { skip: process.platform === 'win32' }, async () => {
        const { files } = await read(target);
        const executed = [...files].filter(([file]) => /\/(spawn-helper|cli\.js)$/.test(file));
        const helpers = prebuildPlatforms(await read(target)).filter((name) => name.startsWith('darwin-'));
        assert.equal(executed.length, 1 + helpers.length);
        for (const [file, mode] of executed) {
          assert.equal(mode & EXECUTE_BITS, EXECUTE_BITS, `${file} has mode ${mode.toString(8)}`);
        }
      });

      it('is small', async () => {
        const { size } = await read(target);
        assert.ok(size < (target.startsWith('win32-') ? 50 : 8) * MB, `it has ${size} bytes`);
      });
    });
  }
});
