import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { poll } from '../../test/support/poll';
import { WindowQuestions } from './windowQuestions';

describe('windows of the same folders', () => {
  let folder: string;
  const windows: WindowQuestions[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-windows-'));
  });

  afterEach(() => {
    for (const each of windows.splice(0)) {
      each.dispose();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (name: string): WindowQuestions => {
    const questions = new WindowQuestions(folder, () => name);
    windows.push(questions);
    return questions;
  };
  const there = (): string[] => readdirSync(folder).sort();

  it('hear that another one asks whether their page is there, and it of each record until it has what it looks for', async () => {
    writeFileSync(join(folder, 'a.json'), '{}');
    let asked = 0;
    open('a.json').onDidAsk(() => {
      asked++;
      writeFileSync(join(folder, 'a.json'), '{"free":true}');
    });
    let looked = 0;
    open('b.json').ask(() => {
      looked++;
      return true;
    });
    await poll(() => looked === 1, { what: 'the answer', state: () => ({ asked, looked, there: there() }) });
    assert.equal(asked, 1);
    writeFileSync(join(folder, 'c.json'), '{}');
    let heard = false;
    open('d.json').ask(() => {
      heard = true;
      return true;
    });
    writeFileSync(join(folder, 'c.json'), '{"more":1}');
    await poll(() => heard, { what: 'the last one to hear', state: there });
    assert.equal(looked, 1, 'who has found it looks no more');
  });

  it('are heard by one that had nothing to note when it began', async () => {
    rmSync(folder, { recursive: true });
    let asked = false;
    const early = open('a.json');
    early.onDidAsk(() => {
      asked = true;
    });
    assert.ok(!existsSync(folder), 'nobody makes a folder for questions');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.json'), '{}');
    early.listen();
    open('b.json').ask(() => true);
    await poll(() => asked, { what: 'the question', state: there });
  });

  it('ask nobody where there is no folder yet', () => {
    rmSync(folder, { recursive: true });
    open('a.json').ask(() => assert.fail());
    assert.ok(!existsSync(folder));
  });

  it('ask nobody where there is no other', () => {
    open('a.json').ask(() => assert.fail());
    assert.deepEqual(there(), []);
  });
});
