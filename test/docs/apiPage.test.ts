import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/API.md');
const types = read('extension/api/holdfast.d.ts');

describe('docs/API.md', () => {
  it('has the example that the extension tests compile and run', () => {
    const [, example] = /^```ts\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const run = read('test/extension/guest/example.ts');
    assert.equal(example, run.replace("'../../../extension/api/holdfast'", "'./holdfast'"));
  });

  it('names every call and event of the interface, and each of their options', () => {
    const [, body = ''] = /^export interface HoldfastAPI \{\n([\s\S]*?)^\}$/m.exec(types) ?? [];
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[:(]/gm)].map(([, name]) => name ?? '');
    assert.ok(members.length > 5);
    const rows = [...page.matchAll(/^\| `(\w+)[(`]/gm)].map(([, name]) => name ?? '');
    assert.deepEqual(rows.sort(), members.sort());
    const options = [...types.matchAll(/^export interface \w+Options \{\n([\s\S]*?)^\}$/gm)].flatMap(
      ([, text = '']) => [...text.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name ?? ''),
    );
    assert.deepEqual(
      options.filter((name) => !new RegExp(`\\b${name}\\b`).test(page)),
      [],
    );
  });

  it('gives the version that is shipped, with its types', () => {
    assert.match(read('extension/api/api.ts'), /API_VERSION = '1\.\d+\.\d+'/);
    assert.ok(page.includes('`getAPI(1)`') && types.includes('getAPI(version: 1)'));
    assert.equal(read('dist/api.d.ts'), types);
    assert.equal(JSON.parse(read('package.json')).exports['./api'].types, './dist/api.d.ts');
  });
});
