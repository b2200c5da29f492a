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
  /** What it measures, in a line. */
  readonly what: string;
  run(context: MeasureContext, findings: Findings): Promise<void>;
}

/** Holdfast by both of its ways, and whoever of the peers is installed, the floor last. */
export const contenders = (context: MeasureContext, holdfast: Holdfast): readonly Contender[] => [
  new HoldfastContender(holdfast, 'stream'),
  new HoldfastContender(holdfast, 'attach'),
  ...peers(context),
  context.open(new Bare()),
];

/**
 * One measurement; undefined for a peer with which it can't be made in this round: a peer draws what has changed only, so that
 * a text that is waited for may never come in one piece.
 * @throws what `act` throws for one of Holdfast's own ways
 */
export const unlessPeerFails = async (
  context: MeasureContext,
  { name }: Contender,
  act: () => Promise<number>,
): Promise<number | undefined> => {
  try {
    return await act();
  } catch (error) {
    if (name.startsWith('holdfast')) {
      throw error;
    }
    context.say(`${name} is left out of this round: ${(error as Error).message}`);
    return undefined;
  }
};

export const isThere = (value: number | undefined): value is number => value !== undefined;

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
