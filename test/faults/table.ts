import { clockJumps } from './clockJumps';
import { cycles } from './cycles';
import { daemonCrashing } from './daemonCrashing';
import { daemonKilled, daemonReplaced } from './daemonKilled';
import { daemonVersions } from './daemonVersions';
import { day } from './day';
import { descriptorsExhausted } from './descriptors';
import type { Fault } from './fault';
import { folderDeleted } from './folderDeleted';
import { folderUnwritable } from './folderUnwritable';
import { hostKilled } from './hostKilled';
import { journalCut } from './journalCut';
import { keyframeCut } from './keyframeCut';
import { liveSessions } from './liveSessions';
import { pageGone } from './pageGone';
import { placesLost } from './placesLost';
import { powerCut } from './powerCut';
import { reboot } from './reboot';
import { storeDamaged } from './storeDamaged';
import { viewersGone } from './viewersGone';
import { workerMemory } from './workerMemory';

/** All of them, in the order they are injected in. */
export const FAULTS: readonly Fault[] = [
  daemonKilled,
  daemonReplaced,
  daemonVersions,
  daemonCrashing,
  descriptorsExhausted,
  hostKilled,
  reboot,
  powerCut,
  journalCut,
  keyframeCut,
  storeDamaged,
  placesLost,
  folderDeleted,
  folderUnwritable,
  viewersGone,
  pageGone,
  workerMemory,
  clockJumps,
  cycles,
  day,
  liveSessions,
];
