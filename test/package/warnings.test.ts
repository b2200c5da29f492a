import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

const ROOT = resolve(__dirname, '../..');
const VSCE = join(ROOT, 'node_modules/@vscode/vsce/vsce');
/** What `npm run package` has put together for this platform. */
const STAGE = join(ROOT, '.tools/stage', `${process.platform}-${process.arch}`);
/** Where links of the README lead is known in the repository that a release is made in only. */
const ELSEWHERE = 'https://example.invalid';

type Manifest = Record<string, unknown>;

describe('vsce package, the command itself', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-vsce-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Packs a copy of what ships, and returns what vsce says beside its listing. */
  const pack = (name: string, spoil: (stage: string) => void) => {
    const stage = join(folder, name);
    cpSync(STAGE, stage, { recursive: true });
    spoil(stage);
    const result = spawnSync(
      process.execPath,
      [
        VSCE,
        ...['package', '--no-dependencies', '--allow-missing-repository'],
        ...['--baseContentUrl', ELSEWHERE, '--baseImagesUrl', ELSEWHERE],
        ...['--out', join(folder, `${name}.vsix`)],
      ],
      { cwd: stage, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said = `${result.stdout}${result.stderr}`;
    return { status: result.status, said, warned: /\b(WARNING|WARN|ERROR)\b/.test(said) };
  };

  const changeManifest = (stage: string, change: (manifest: Manifest) => Manifest): void => {
    const file = join(stage, 'package.json');
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
  };

  it('has nothing to warn of', () => {
    const { status, said, warned } = pack('clean', () => undefined);
    assert.equal(status, 0, said);
    assert.match(said, /DONE\s+Packaged/);
    assert.equal(warned, false, said);
  });

  const spoilt: Readonly<Record<string, (stage: string) => void>> = {
    'has no licence': (stage) => rmSync(join(stage, 'LICENSE')),
    'is activated by everything': (stage) =>
      changeManifest(stage, (manifest) => ({ ...manifest, activationEvents: ['*'] })),
    'needs a newer VS Code than it says': (stage) =>
      changeManifest(stage, (manifest) => ({ ...manifest, devDependencies: { '@types/vscode': '1.130.0' } })),
    'says twice what ships': (stage) =>
      changeManifest(stage, (manifest) => ({ ...manifest, files: ['dist'] })),
  };
  for (const [name, spoil] of Object.entries(spoilt)) {
    it(`warns of a package that ${name}`, () => {
      const { said, warned } = pack(name.replaceAll(' ', '-'), spoil);
      assert.ok(warned, said);
    });
  }
});
