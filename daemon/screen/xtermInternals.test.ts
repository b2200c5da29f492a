import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terminal } from '@xterm/headless';
import { designator } from './charsets';
import { coreOf } from './xtermInternals';

/** Where each value is; an update of xterm.js that moves one of them fails here, and says which. */
const PATHS = [
  '_inputHandler.parse',
  '_inputHandler.eraseInDisplay',
  '_inputHandler.onColor',
  '_inputHandler.setTitle',
  '_inputHandler.setIconName',
  '_inputHandler.setHyperlink',
  '_inputHandler._curAttrData.extended._ext',
  '_inputHandler._curAttrData.extended._urlId',
  '_inputHandler._windowTitle',
  '_inputHandler._iconName',
  '_inputHandler._windowTitleStack',
  '_inputHandler._iconNameStack',
  '_inputHandler._parser.currentState',
  '_inputHandler._parser.precedingJoinState',
  '_inputHandler._parser.reset',
  '_inputHandler._parser.registerCsiHandler',
  '_bufferService.scroll',
  '_bufferService.buffers.normal.lines.recycle',
  '_bufferService.buffers.normal.lines.trimStart',
  '_bufferService.buffers.normal.lines.maxLength',
  '_bufferService.buffers.normal.savedCurAttrData.fg',
  '_bufferService.buffers.normal.savedY',
  '_bufferService.buffers.normal.scrollBottom',
  '_bufferService.buffers.normal.tabs',
  '_bufferService.buffers.normal.addMarker',
  '_bufferService.buffers.onBufferActivate',
  '_charsetService._charsets',
  '_charsetService.glevel',
  'coreService.isCursorHidden',
  'coreService.modes.insertMode',
  'coreService.decPrivateModes.wraparound',
  'coreMouseService.activeEncoding',
  'optionsService.rawOptions.scrollback',
  'optionsService.rawOptions.scrollOnEraseInDisplay',
  'unicodeService.wcwidth',
  '_oscLinkService.getLinkData',
  '_oscLinkService.registerLink',
  '_oscLinkService._dataByLinkId',
];

const at = (root: unknown, path: string): unknown =>
  path.split('.').reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], root);

test('xterm.js keeps its state where the mirror looks for it', () => {
  const terminal = new Terminal({ allowProposedApi: true, cols: 20, rows: 5 });
  const core = coreOf(terminal);
  const missing = PATHS.filter((path) => at(core, path) === undefined);
  assert.deepEqual(missing, []);
  core._inputHandler.parse(Buffer.from('\x1b(0\x1b[1;31ma\u0301'));
  const line = core._bufferService.buffers.normal.lines.get(0);
  assert.equal(line?._combined[0], '\u2592\u0301');
  assert.equal(typeof at(line, 'addCodepointToCell'), 'function');
  assert.equal(designator(core._charsetService._charsets[0]), '0');
  assert.deepEqual([...(line?._data.subarray(1, 3) ?? [])], [0x9000001, 0]);
  const cut = line?.clone();
  cut?.resize(5);
  assert.equal(cut?.length, 5);
  terminal.dispose();
});
