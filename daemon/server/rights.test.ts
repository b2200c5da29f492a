import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CAPABILITIES, CAPABILITY_OF, type Capability } from '../protocol/capabilities';
import { Rights } from './rights';

const folder = join(__dirname, '../protocol');
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
/** Calls that clients make of the daemon; those between daemon and PTY host begin with `host/`. */
const CALLS = [...sources.matchAll(/\brequest<[^;]*?>\(\s*['"]([a-z/-]+)['"]/g)]
  .map(([, name]) => name ?? '')
  .filter((name) => !name.startsWith('host/'));

const may = (rights: Rights, method: string): boolean => {
  try {
    rights.demandFor(method);
    return true;
  } catch {
    return false;
  }
};

describe('what a connection may do', () => {
  it('is told for every call there is, and for no other', () => {
    assert.ok(CALLS.length > 20);
    assert.deepEqual(Object.keys(CAPABILITY_OF).sort(), CALLS.sort());
  });

  it('is everything for a client that asks for nothing in particular', () => {
    assert.deepEqual(
      CALLS.filter((method) => !may(new Rights(), method)),
      [],
    );
  });

  for (const capability of CAPABILITIES) {
    it(`is exactly what it asked for: ${capability}`, () => {
      const rights = new Rights([capability]);
      for (const method of CALLS) {
        assert.equal(may(rights, method), CAPABILITY_OF[method] === capability, method);
      }
    });
  }

  it('is nothing for a client that asked for none that is known, and no call that nobody declared', () => {
    assert.deepEqual(
      CALLS.filter((method) => may(new Rights([]), method)),
      [],
    );
    for (const method of ['session/new-in-a-later-version', 'constructor', '__proto__', '']) {
      assert.throws(() => new Rights().demandFor(method), { code: 'NOT_PERMITTED' }, method);
    }
  });

  it('when attaching is what the mode and the others’ leaving need, too', () => {
    const attach = (granted: readonly Capability[], mode: 'interactive' | 'read-only', takeOver = false) =>
      new Rights(granted).demandToAttach({ target: {}, mode, takeOver });
    attach(['observe'], 'read-only');
    attach(['observe', 'input'], 'interactive');
    attach(['observe', 'manage'], 'read-only', true);
    assert.throws(() => attach(['observe', 'manage'], 'interactive'), { code: 'NOT_PERMITTED' });
    assert.throws(() => attach(['observe', 'input'], 'interactive', true), { code: 'NOT_PERMITTED' });
  });
});
