import { daemonCrashing } from './daemonCrashing';
import { daemonKilled } from './daemonKilled';
import { descriptorsExhausted } from './descriptors';
import type { Fault } from './fault';
import { hostKilled } from './hostKilled';
import { powerCut } from './powerCut';
import { reboot } from './reboot';
import { storeDamaged } from './storeDamaged';

/** All of them, in the order they are injected in. */
export const FAULTS: readonly Fault[] = [
  daemonKilled,
  daemonCrashing,
  descriptorsExhausted,
  hostKilled,
  reboot,
  powerCut,
  storeDamaged,
];
