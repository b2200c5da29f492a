import { setTimeout as delay } from 'node:timers/promises';
import { TerminalShellNonce } from '../../daemon/protocol/terminals';
import type { DaemonLink } from '../daemonLink';
import type { Shown } from './shown';

/** A tab does not wait longer for a daemon that is busy: VS Code then shows its commands, and trusts none of their lines. */
const PATIENCE_MS = 2000;

/**
 * What VS Code is to hold against the lines that a shell says it runs (OSC 633 ; E). It takes it when a terminal is made,
 * and not later; without one it makes one up, and trusts nothing (1.104–1.139). Undefined where none is known.
 */
export const shellNonce = (link: DaemonLink, { session, terminal }: Shown): Promise<string | undefined> =>
  Promise.race([askedFor(link, `${session}:${terminal}`), delay(PATIENCE_MS, undefined, { ref: false })]);

const askedFor = async (link: DaemonLink, text: string): Promise<string | undefined> => {
  try {
    return (
      (await link.call(TerminalShellNonce.type, { target: { text, explicit: true } })).nonce ?? undefined
    );
  } catch {
    // A daemon of an earlier build, or none at the moment: the attachment tells what there is to tell.
    return undefined;
  }
};
