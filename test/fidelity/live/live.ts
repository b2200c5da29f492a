import { join } from 'node:path';
import type { Size } from '../../../daemon/protocol/model';
import { EmulatorTerminal, SCROLLBACK } from '../emulators';
import { type CutResult, type Miss, type Moment, NEXT_BYTES } from '../model';
import type { Recording } from '../recording';
import { describeOutside, inputProbe, tellsFocus } from './outside';
import { HOLDFAST, type PeerKind } from './peers';
import { Player } from './player';
import { differences, Window } from './window';

/** What a program has written is read by whoever holds its terminal; they are given so long before somebody attaches. */
const READ_MS = 40;
/** A window's size is its program's after so long at most; some peers never pass one on. */
const RESIZE_MS = 5000;

/**
 * The same as the model's check, with everything real: a program in a session writes the recording up to a
 * cut and waits; somebody attaches in a terminal window, which must look and be as one that was there all
 * the time; the program writes on; the window is closed; and so to the next cut. Where the recorded terminal
 * changed its size, the window does, or somebody attaches in one of that size and leaves.
 *
 * @param sizes of the windows, in turn; none: of the size that the terminal has
 */
export const checkLive = async (
  recording: Recording,
  cuts: readonly number[],
  kind: PeerKind,
  sizes: readonly Size[],
): Promise<readonly CutResult[]> => {
  const { bytes } = recording;
  const resizes = [...recording.resizes];
  const peer = kind.open();
  const reference = new EmulatorTerminal('6.0', recording.size, SCROLLBACK, kind.scrollsErased);
  const player = new Player(join(peer.folder, 'replay'));
  const results: CutResult[] = [];
  let written = 0;
  let size = recording.size;
  let open: Window | undefined;
  const resizeTo = async (wanted: Size): Promise<void> => {
    size = wanted;
    if (open !== undefined) {
      open.resize(size);
      await player.hasSize(size, RESIZE_MS);
    } else {
      const passing = new Window(peer.attach, size, kind.scrollsErased);
      const isPassedOn = await player.hasSize(size, RESIZE_MS);
      await passing.close();
      if (kind === HOLDFAST && !isPassedOn) {
        throw new Error(`the program was not told the size of ${size.cols}x${size.rows}`);
      }
    }
    reference.resize(size);
  };
  const writeBytes = async (to: number): Promise<void> => {
    reference.feed(bytes.subarray(written, to));
    await player.write(bytes.subarray(written, to));
    written = to;
  };
  const writeTo = async (to: number): Promise<void> => {
    for (let next = resizes[0]; next !== undefined && next.offset <= to; next = resizes[0]) {
      resizes.shift();
      await writeBytes(next.offset);
      await new Promise((resolve) => setTimeout(resolve, READ_MS));
      await resizeTo(next.size);
    }
    if (to > written) {
      await writeBytes(to);
    }
  };
  try {
    await peer.start(player.command, recording.size);
    await player.start();
    for (const cut of cuts.filter((one) => one <= bytes.length)) {
      await writeTo(Math.max(cut, written));
      await new Promise((resolve) => setTimeout(resolve, READ_MS));
      size = sizes[results.length % sizes.length] ?? size;
      const window = new Window(peer.attach, size, kind.scrollsErased);
      open = window;
      reference.resize(size);
      const misses: Miss[] = [];
      const look = async (moment: Moment): Promise<void> => {
        const state = await window.settled(reference, kind.quietMs);
        const { what, detail } = differences(state, describeOutside(reference));
        if (what.length > 0) {
          misses.push({ cut, moment, what, detail: `${detail}\n${window.history}` });
        }
      };
      const type = async (): Promise<void> => {
        const wanted = inputProbe(reference);
        player.typed = '';
        window.type(inputProbe(window.emulator));
        const arrived = await player.reads(wanted, kind.quietMs);
        if (arrived !== wanted || !tellsFocus(window.emulator, reference)) {
          const detail = `input: ${JSON.stringify(arrived)}, not ${JSON.stringify(wanted)}`;
          misses.push({ cut, moment: 'at the cut', what: ['input'], detail });
        }
      };
      try {
        await look('at the cut');
        await type();
        await writeTo(Math.min(bytes.length, written + NEXT_BYTES));
        await look('after the next bytes');
      } finally {
        open = undefined;
        await window.close();
      }
      const isWhole = misses.length === 0;
      const isSeen = !misses.some(({ moment, what }) => moment === 'at the cut' && what.includes('seen'));
      results.push({ cut, isSeen, isWhole, isExact: isWhole, misses, isEmulators: false });
    }
    return results;
  } finally {
    player.dispose();
    reference.dispose();
    await peer.dispose();
  }
};
