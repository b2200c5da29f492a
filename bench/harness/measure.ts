import { Bare } from '../terminals/bare';
import { Holdfast, HoldfastContender } from '../terminals/holdfast';
import { Dtach, Screen, Tmux } from '../terminals/peers';
import type { Contender } from '../terminals/view';
import type { Findings } from './results';

export interface MeasureContext {
  readonly quick: boolean;
  /** Repetitions: as many as are wanted, or few in a quick run. */
  times(wanted: number, quick?: number): number;
  /** A line for whoever waits. */
  say(text: string): void;
  readonly installed: ReadonlySet<string>;
  /** Everything that is opened here is ended when the measure has ended, also when it fails. */
  open<T extends { dispose(): Promise<void> }>(item: T): T;
}

/** One line of the table of what is promised, or a few that are measured together. */
export interface Measure {
  readonly name: string;
  run(context: MeasureContext, findings: Findings): Promise<void>;
}

/** Holdfast by both of its ways, and whoever of the peers is installed, the floor last. */
export const contenders = (context: MeasureContext, holdfast: Holdfast): readonly Contender[] => [
  new HoldfastContender(holdfast, 'stream'),
  new HoldfastContender(holdfast, 'attach'),
  ...peers(context),
  context.open(new Bare()),
];

export const peers = (context: MeasureContext): readonly Contender[] => [
  ...(context.installed.has('tmux') ? [context.open(new Tmux())] : []),
  ...(context.installed.has('screen') ? [context.open(new Screen())] : []),
  ...(context.installed.has('dtach') ? [context.open(new Dtach())] : []),
];

export const openHoldfast = async (
  context: MeasureContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<Holdfast> => {
  const holdfast = context.open(new Holdfast(settings));
  await holdfast.connection();
  return holdfast;
};
