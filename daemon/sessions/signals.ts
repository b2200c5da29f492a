import { constants } from 'node:os';
import { HoldfastError } from '../protocol/errors';

const SIGNALS = constants.signals;

const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(SIGNALS, name);

/** `SIGINT`, `INT`, `int` or `2` as `SIGINT`. @throws INVALID_INPUT */
export const parseSignal = (text: string): NodeJS.Signals => {
  const upper = text.trim().toUpperCase();
  const name = /^\d+$/.test(upper)
    ? signalName(Number(upper))
    : upper.startsWith('SIG')
      ? upper
      : `SIG${upper}`;
  if (name === null || !isSignal(name)) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `there is no signal '${text}'`,
      'Use a name such as SIGTERM or SIGINT.',
      {
        field: 'signal',
      },
    );
  }
  return name;
};

/** The name of a signal's number on this platform, or null for 0 and unknown ones. */
export const signalName = (number: number): string | null =>
  Object.entries(SIGNALS).find(([, value]) => value === number)?.[0] ?? null;
