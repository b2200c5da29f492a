import type { EmulatorTerminal } from '../emulators';
import { describeState, type TerminalState } from '../terminalState';

/**
 * What can be told of a terminal window from outside. Modes are left out: a multiplexer may have its own,
 * if the program gets the right keys all the same (`inputProbe`).
 */
export type OutsideState = Omit<TerminalState, 'modes'>;

export const describeOutside = (emulator: EmulatorTerminal): OutsideState => {
  const { modes: _, ...outside } = describeState(emulator);
  return outside;
};

/** What a terminal in its present modes sends for the key Up, a click and a paste. */
export const inputProbe = (emulator: EmulatorTerminal): string => {
  const { applicationCursorKeysMode, bracketedPasteMode } = emulator.terminal.modes;
  const paste = bracketedPasteMode ? '\x1b[200~ab\x1b[201~' : 'ab';
  return [applicationCursorKeysMode ? '\x1bOA' : '\x1b[A', click(emulator), paste].join('');
};

/** Whether a window tells of its focus where the program wants to know; one that tells uncalled does no harm. */
export const tellsFocus = (window: EmulatorTerminal, wanted: EmulatorTerminal): boolean =>
  window.terminal.modes.sendFocusMode || !wanted.terminal.modes.sendFocusMode;

/** The left button in the third column of the second row. */
const click = ({ core }: EmulatorTerminal): string => {
  const { activeProtocol, activeEncoding } = core.coreMouseService ?? {
    activeProtocol: 'NONE',
    activeEncoding: '',
  };
  if (activeProtocol === 'NONE') {
    return '';
  }
  const hasRelease = activeProtocol !== 'X10';
  if (activeEncoding === 'SGR') {
    return `\x1b[<0;3;2M${hasRelease ? '\x1b[<0;3;2m' : ''}`;
  }
  return `\x1b[M #"${hasRelease ? '\x1b[M##"' : ''}`;
};
