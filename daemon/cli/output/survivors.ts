import { printable } from '../../platform/printable';
import type { SessionKill } from '../../protocol/sessions';

/** A line each for people. */
export const survivorLines = (survivors: readonly SessionKill.Survivor[]): readonly string[] =>
  survivors.map(({ pid, command }) => `survived: ${pid} ${printable(command)}`);
