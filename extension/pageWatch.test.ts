import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { LEASE_MS, PageWatch } from './pageWatch';

/** A page that answers when it is told to. */
class Page {
  public readonly happened: string[] = [];
  public isAwake = true;
  private _waiting: (() => void)[] = [];

  public readonly ask = (): Promise<void> =>
    this.isAwake ? Promise.resolve() : new Promise((resolve) => this._waiting.push(resolve));

  public answer(): void {
    for (const resolve of this._waiting.splice(0)) {
      resolve();
    }
  }

  public watched(): PageWatch {
    const watch = new PageWatch(this.ask);
    watch.onDidLeave(() => this.happened.push('left'));
    watch.onDidReturn(() => this.happened.push('returned'));
    return watch;
  }
}

describe('PageWatch', () => {
  it('says that a page is gone once it has not answered for its lease, and that it is back when it does', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const page = new Page();
    const watch = page.watched();
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 1000) {
        t.mock.timers.tick(1000);
        await turn();
      }
    };
    await pass(5 * LEASE_MS);
    assert.deepEqual(page.happened, [], 'it answers each time');
    page.isAwake = false;
    await pass(60_000 + LEASE_MS);
    assert.deepEqual(page.happened, ['left']);
    await pass(5 * LEASE_MS);
    assert.deepEqual(page.happened, ['left'], 'once');
    page.isAwake = true;
    page.answer();
    await pass(1000);
    assert.deepEqual(page.happened, ['left', 'returned']);
    watch.dispose();
  });

  it('is asked at once by whoever has a reason to, with less patience', async () => {
    const page = new Page();
    const watch = page.watched();
    assert.equal(await watch.answers(30), true);
    page.isAwake = false;
    assert.equal(await watch.answers(30), false);
    assert.deepEqual(page.happened, ['left']);
    watch.dispose();
  });

  it('is not back by an answer as late as those of a page that is let run once a minute', async (t) => {
    const page = new Page();
    const watch = page.watched();
    page.isAwake = false;
    assert.equal(await watch.answers(30), false);
    let now = performance.now();
    t.mock.method(performance, 'now', () => now);
    page.answer();
    await turn();
    now += 60_000;
    page.answer();
    await turn();
    assert.deepEqual(page.happened, ['left']);
    page.answer();
    await turn();
    assert.deepEqual(page.happened, ['left', 'returned'], 'it is shown again');
    watch.dispose();
  });
});
