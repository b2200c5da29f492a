import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareVersions } from './version';

it('orders versions as semver does', () => {
  // The list of semver.org §11, with its neighbours.
  const ordered = [
    '0.0.0-source',
    '0.1.0',
    '0.9.0',
    '0.10.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '2.0.0',
  ];
  ordered.forEach((a, i) => {
    ordered.forEach((b, j) => {
      assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} and ${b}`);
    });
  });
  assert.equal(compareVersions('1.0.0+build.1', '1.0.0+build.2'), 0);
  assert.equal(compareVersions('v1.2.3', '1.2.3'), 0);
});
