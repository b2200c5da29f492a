import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isName, sanitizeName } from './names';

describe('a name that is offered in place of another', () => {
  for (const [given, offered] of [
    ['my build', 'my-build'],
    ['../x', 'x'],
    ['ünï', 'uni'],
    ['ﬁle', 'file'],
    ['日本', 'session'],
    ['', 'session'],
    ['x'.repeat(256), 'x'.repeat(255)],
  ] as const) {
    it(`for '${given.slice(0, 20)}' is '${offered.slice(0, 20)}'`, () => {
      assert.equal(sanitizeName(given), offered);
      assert.ok(isName(offered));
    });
  }
});
