import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = resolve(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const readme = read('README.md');
/** Without those to the page itself and to other sites. */
const links = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
  .map(([, link = '']) => link)
  .filter((link) => !/^\w+:/.test(link));

/** A page that is slow to show is left before it is read. */
const MOST_BYTES = 1_500_000;

describe('README.md', () => {
  it('leads to files that exist', () => {
    assert.ok(links.length > 10);
    assert.deepEqual(
      links.filter((link) => !existsSync(join(ROOT, link))),
      [],
    );
    const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase());
    const anchors = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    assert.deepEqual(
      anchors.filter((anchor) => !headings.some((title) => title.replaceAll(' ', '-') === anchor)),
      [],
    );
  });

  it('has moving pictures that are recorded by the script, for every place that shows it, and not too large', () => {
    const pictures = links.filter((link) => /\.\w+$/.test(link) && link.startsWith('docs/pictures/'));
    assert.ok(pictures.length >= 2);
    for (const picture of pictures) {
      // The marketplace takes no SVG; what is drawn over what came before is a GIF of version 89a.
      assert.equal(readFileSync(join(ROOT, picture)).toString('latin1', 0, 6), 'GIF89a', picture);
      assert.ok(statSync(join(ROOT, picture)).size < MOST_BYTES, picture);
      const name = /\/([\w-]+)\.gif$/.exec(picture)?.[1];
      assert.ok(read('test/pictures/record.ts').includes(`'${name}'`), `nothing records ${picture}`);
    }
  });

  it('names tests that exist for what it says survives', () => {
    const table = readme.slice(
      readme.indexOf('## What survives what'),
      readme.indexOf('## What it does not do'),
    );
    const named = [...table.matchAll(/`(test\/[\w./]+)`/g)].map(([, file = '']) => file);
    assert.ok(named.length >= 4);
    assert.deepEqual(
      named.filter((file) => !existsSync(join(ROOT, file))),
      [],
    );
    assert.match(read('docs/FAULTS.md'), /`page-gone`/);
  });
});
