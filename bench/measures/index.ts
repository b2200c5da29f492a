import type { Measure } from '../harness/measure';
import { echo } from './echo';

/** In the order of the table. */
export const measures: readonly Measure[] = [echo];
