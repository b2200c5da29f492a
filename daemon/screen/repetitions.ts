import { DisposableStore } from '../lifecycle/lifecycle';
import type { Core } from './xtermInternals';

/**
 * How often a sequence can act before it changes nothing more. xterm.js does it as often as it is told, up to 2³¹ times:
 * twelve bytes would hold up the thread that all screens are in for minutes.
 */
const MOST: Readonly<Record<string, (cols: number, rows: number) => number>> = {
  // CHT and CBT stop at the edges.
  I: (cols) => cols,
  Z: (cols) => cols,
  // IL, DL, SU and SD have moved everything out of the region by then.
  L: (_, rows) => rows,
  M: (_, rows) => rows,
  S: (_, rows) => rows,
  T: (_, rows) => rows,
  // REP would go on filling the scrollback with the same character; a screen of it is more than any program means.
  b: (cols, rows) => cols * rows,
};

/** Keeps the numbers of repetitions to what can be seen, before xterm.js acts on them. */
export const boundRepetitions = (core: Core): DisposableStore => {
  const store = new DisposableStore();
  for (const [final, most] of Object.entries(MOST)) {
    store.add(
      core._inputHandler._parser.registerCsiHandler({ final }, ({ params }) => {
        const { cols, rows } = core._bufferService;
        params[0] = Math.min(params[0] ?? 0, most(cols, rows));
        return false;
      }),
    );
  }
  return store;
};
