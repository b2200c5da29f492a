import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ThemeColors, ThemeProbe } from '../../daemon/client';
import { ThemeAnswers } from './themeAnswers';

const LIGHT = '\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?1;2c';
const DARK = '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\\x1b[?1;2c';
/** What a terminal that was never shown answers. */
const NONE = '\x1b[?1;2c';

const begin = () => {
  const asked: string[] = [];
  const inputs: string[] = [];
  const told: ThemeColors[] = [];
  const theme = new ThemeAnswers({
    ask: (question) => asked.push(question),
    input: (input) => inputs.push(input),
    told: (colors) => told.push(colors),
  });
  return { theme, asked, inputs, told };
};

describe('ThemeAnswers', () => {
  it('passes everything as it is unless it has asked', () => {
    const { theme, inputs } = begin();
    for (const input of ['\x1b', LIGHT, '\x1b[1;2R', '\u{1f642}']) {
      theme.push(input);
    }
    assert.deepEqual(inputs, ['\x1b', LIGHT, '\x1b[1;2R', '\u{1f642}']);
    theme.dispose();
  });

  it('takes the answers from between keys, and nothing behind the last', () => {
    const { theme, asked, inputs, told } = begin();
    theme.ask();
    assert.deepEqual(asked, [ThemeProbe.question]);
    theme.push('é');
    theme.push(LIGHT);
    theme.push(`\x1b[1;2R`);
    theme.push(NONE);
    assert.equal(inputs.join(''), `é\x1b[1;2R${NONE}`);
    assert.deepEqual(told, [{ background: '#ffffff' }]);
    theme.dispose();
  });

  it('asks once more behind the answers when the theme changes meanwhile', () => {
    const { theme, asked, told } = begin();
    theme.ask();
    theme.ask();
    theme.ask();
    assert.equal(asked.length, 1);
    theme.push(LIGHT);
    assert.equal(asked.length, 2);
    theme.push(DARK);
    assert.equal(asked.length, 2);
    assert.deepEqual(told, [{ background: '#ffffff' }, { background: '#1e1e1e' }]);
    theme.dispose();
  });

  it('asks again until there are colours', () => {
    const { theme, asked, told } = begin();
    theme.ask();
    theme.askUnlessTold();
    theme.push(NONE);
    assert.equal(asked.length, 1);
    theme.askUnlessTold();
    theme.push(DARK);
    theme.askUnlessTold();
    assert.equal(asked.length, 2);
    assert.equal(told.length, 1);
    theme.dispose();
  });
});
