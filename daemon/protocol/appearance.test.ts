import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  colorWord,
  findSessionColor,
  isIcon,
  isSessionColor,
  SESSION_COLORS,
  sanitizeIcon,
} from './appearance';

describe('The icon of a session', () => {
  it('is the id of a codicon, and nothing that draws or says something else', () => {
    for (const id of ['rocket', 'git-branch', 'debug-breakpoint-log', '3-bars']) {
      assert.ok(isIcon(id), id);
    }
    for (const text of [
      '',
      'Rocket',
      'git branch',
      '$(rocket)',
      'loading~spin',
      '-a',
      'a-',
      'a'.repeat(65),
      '../x',
    ]) {
      assert.ok(!isIcon(text), text);
    }
  });

  it('is suggested from what was written', () => {
    const found = ['$(rocket)', 'GitBranch', 'git branch', 'Loading~Spin', ' x '].map(sanitizeIcon);
    assert.deepEqual(found, ['rocket', 'git-branch', 'git-branch', 'loading-spin', 'x']);
    assert.equal(sanitizeIcon('…'), undefined);
    assert.ok(isIcon(sanitizeIcon(`${'a'.repeat(63)} b`) ?? ''));
  });
});

describe('The colour of a session', () => {
  it('is one that VS Code gives its own terminals, and found by its id or its word', () => {
    assert.equal(findSessionColor('GREEN'), 'terminal.ansiGreen');
    assert.equal(findSessionColor('terminal.ansigreen'), 'terminal.ansiGreen');
    assert.equal(findSessionColor('bright'), undefined);
    assert.ok(!isSessionColor('terminal.ansiBrightRed'));
    assert.deepEqual(SESSION_COLORS.map(colorWord).map(findSessionColor), SESSION_COLORS);
  });
});
