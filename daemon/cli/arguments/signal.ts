import os from 'node:os';
import { invalid } from './invalid';

/** Reads a signal as people write it: `TERM`, `SIGTERM`, `term` or `15`. @returns `SIGTERM` */
export const parseSignal = (text: string): string => {
  const signals = Object.entries(os.constants.signals);
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  const found = signals.find(([known, number]) => known === name || String(number) === text);
  if (found === undefined) {
    throw invalid(
      `there is no signal '${text}'`,
      'Use a name such as HUP, INT, TERM or KILL, or its number.',
    );
  }
  return found[0];
};

/** The number of a signal's name, or 0 when this platform has none. */
export const signalNumber = (name: string): number =>
  Object.entries(os.constants.signals).find(([known]) => known === name)?.[1] ?? 0;
