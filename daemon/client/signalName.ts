import { constants } from 'node:os';

/** A signal's name by its number on this machine, or null for 0 and numbers without a name. */
export const signalName = (signal: number): string | null => {
  if (signal === 0) {
    return null;
  }
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? null;
};
