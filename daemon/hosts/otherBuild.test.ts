import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROTOCOL } from '../protocol/hello';
import { obstacle, otherBuildOf, wayOut } from './otherBuild';

describe("a PTY host's record", () => {
  const { min, max } = PROTOCOL;
  const version = '9.9.9';

  test('tells whether its build is too new or too old to be talked to', () => {
    const newer = { version, protocol: { min: max + 1, max: max + 2 } };
    assert.deepEqual(otherBuildOf(newer), { version, protocol: 'newer' });
    const older = { version, protocol: { min: min - 2, max: min - 1 } };
    assert.deepEqual(otherBuildOf(older), { version, protocol: 'older' });
  });

  test('says nothing of the kind where a protocol is in common, or none is told', () => {
    assert.equal(otherBuildOf({ version, protocol: { min: min - 1, max: min } }), undefined);
    assert.equal(otherBuildOf({ version, protocol: { min: max, max: max + 1 } }), undefined);
    assert.equal(otherBuildOf({ version }), undefined);
  });

  test('of an older one leads to that version, and never to an update', () => {
    const build = { version, protocol: 'older' } as const;
    assert.match(obstacle(build), /^is of an older Holdfast \(9\.9\.9\)/);
    assert.equal(wayOut(build), 'Use Holdfast 9.9.9 for it');
  });
});
