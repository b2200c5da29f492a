import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/DEPENDENCIES.md'), 'utf8');
/** Written from esbuild's list of what it has bundled (scripts/build-notices.mjs). */
const notices = readFileSync(join(root, 'dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
};

const section = (title: string): string => page.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
const bundled = [...notices.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\d+\S*) \([^)]+\)$/gm)].map(
  ([, name = '', version = '']) => [name, version] as const,
);

describe('docs/DEPENDENCIES.md', () => {
  it('names what is in the bundles with why, and nothing else', () => {
    const named = [...section('In the bundles').matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name);
    assert.ok(bundled.length > 5, notices.slice(0, 200));
    assert.deepEqual(named.sort(), bundled.map(([name]) => name).sort());
  });

  it('is about the versions that are locked, none of them one for development only', () => {
    for (const [name, version] of bundled) {
      const locked = lock.packages[`node_modules/${name}`];
      assert.equal(locked?.version, version, name);
      assert.notEqual(locked?.dev, true, name);
    }
  });
});
