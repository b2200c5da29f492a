import type { Measure } from '../harness/measure';
import { attachTime } from './attachTime';
import { echo } from './echo';
import { echoBesideFlood } from './echoBesideFlood';
import { firstCall } from './firstCall';
import { interrupt } from './interrupt';
import { manySessions } from './manySessions';
import { slowViewers } from './slowViewers';
import { attached, detached } from './throughput';
import { workbench } from './workbench';

/** In the order of the table. */
export const measures: readonly Measure[] = [
  echo,
  echoBesideFlood,
  attached,
  detached,
  attachTime,
  interrupt,
  slowViewers,
  firstCall,
  manySessions,
  workbench,
];
