import { isatty } from 'node:tty';
import { signalNumber } from '../arguments/signal';
import { ENDING_SIGNALS } from './endingSignals';

const STANDARD_STREAMS = [0, 1, 2];

/**
 * Has this process end in order when its terminal has gone. Node puts the modes of its terminals back at its end, and
 * aborts with a core dump where that fails (`node::ResetStdio`); a death by signal leaves that out, and is what whoever
 * waits for a process of a closed terminal expects. The status as a shell sees it stays: 129, that of SIGHUP, or that
 * of the signal it was told to end by.
 */
export const endWithTerminal = (): void => {
  if (process.platform === 'win32') {
    return;
  }
  const terminals = STANDARD_STREAMS.filter((fd) => isatty(fd));
  process.on('exit', (status) => {
    if (terminals.some((fd) => !isatty(fd))) {
      const signal = ENDING_SIGNALS.find((one) => status === 128 + signalNumber(one)) ?? 'SIGHUP';
      // Without a listener of Node's the system's own action is in force again.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
};
