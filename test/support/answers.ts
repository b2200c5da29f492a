import assert from 'node:assert/strict';

/** Each kind of answer that integration/answersProbe.mjs asks for, and how many of it there must be. */
const ANSWERS: readonly (readonly [string, RegExp, number])[] = [
  ['DA1', /\x1b\[\?[\d;]*c/g, 1],
  ['DA2', /\x1b\[>[\d;]*c/g, 1],
  ['DA3', /\x1bP!\|00000000\x1b\\/g, 1],
  ['DSR', /\x1b\[0n/g, 1],
  ['CPR', /\x1b\[\d+;\d+R/g, 1],
  ['DECRPM', /\x1b\[\?\d+;[0-4]\$y/g, 12],
  ['DECRPSS', /\x1bP1\$r[\d;]*m\x1b\\/g, 1],
  ['XTVERSION', /\x1bP>\|Holdfast[^\x1b]*\x1b\\/g, 1],
  ['OSC 4', /\x1b\]4;1;rgb:[\da-f/]+\x1b\\/g, 1],
  ['OSC 10', /\x1b\]10;rgb:[\da-f/]+\x1b\\/g, 1],
  ['OSC 11', /\x1b\]11;rgb:[\da-f/]+\x1b\\/g, 1],
  ['OSC 12', /\x1b\]12;rgb:[\da-f/]+\x1b\\/g, 1],
  ['kitty flags', /\x1b\[\?0u/g, 1],
  ['size in pixels', /\x1b\[4;\d+;\d+t/g, 1],
  ['size in cells', /\x1b\[8;\d+;\d+t/g, 1],
];

/** Whether every question was answered. @param answers latin1 */
export const isComplete = (answers: string): boolean =>
  ANSWERS.every(([, pattern, count]) => (answers.match(pattern)?.length ?? 0) >= count);

/** Every question was answered, none twice, and nothing else came. @param answers latin1 */
export const assertEachOnce = (answers: string): void => {
  let rest = answers;
  for (const [name, pattern, count] of ANSWERS) {
    assert.equal(answers.match(pattern)?.length ?? 0, count, `${name} in ${JSON.stringify(answers)}`);
    rest = rest.replace(pattern, '');
  }
  assert.equal(rest, '', 'nothing else reaches the program');
};

/** A colour as terminals tell it. @param color `#rrggbb` */
export const rgbReply = (color: string): string =>
  `rgb:${[color.slice(1, 3), color.slice(3, 5), color.slice(5)].map((channel) => channel + channel).join('/')}`;
