import { join } from 'node:path';
import type { Size } from '../../../daemon/protocol/model';
import { EmulatorTerminal, SCROLLBACK } from '../emulators';
import { type CutResult, type Miss, type Moment, NEXT_BYTES } from '../model';
import type { Recording } from '../recording';
import { describeOutside, inputProbe, tellsFocus } from './outside';
import type { PeerKind } from './peers';
import { Player } from './player';
import { differences, Window } from './window';

/** What a program has written is read by whoever holds its terminal; they are given so long before somebody attaches. */
const READ_MS = 40;

/**
 * The same as the model's check, with everything real: a program in a session writes the recording up to a
 * cut and waits; somebody attaches in a terminal window, which must look and be as one that was there all
 * the time; the program writes on; the window is closed; and so to the next cut.
 *
 * @param sizes of the windows, in turn
 */
export const checkLive = async (
  whole: Recording,
  cuts: readonly number[],
  kind: PeerKind,
  sizes: readonly Size[],
): Promise<readonly CutResult[]> => {
  const recording = untilResized(whole);
  const { bytes } = recording;
  const peer = kind.open();
  const reference = new EmulatorTerminal('6.0', recording.size, SCROLLBACK, kind.scrollsErased);
  const player = new Player(join(peer.folder, 'replay'));
  const results: CutResult[] = [];
  let written = 0;
  const writeTo = async (to: number): Promise<void> => {
    if (to > written) {
      reference.play(recording, written, to);
      await player.write(bytes.subarray(written, to));
      written = to;
    }
  };
  try {
    await peer.start(player.command, recording.size);
    await player.start();
    for (const cut of cuts.filter((one) => one <= bytes.length)) {
      await writeTo(Math.max(cut, written));
      await new Promise((resolve) => setTimeout(resolve, READ_MS));
      const size = sizes[results.length % sizes.length] ?? recording.size;
      const window = new Window(peer.attach, size, kind.scrollsErased);
      reference.resize(size);
      const misses: Miss[] = [];
      const look = async (moment: Moment): Promise<void> => {
        const wanted = describeOutside(reference);
        const { what, detail } = differences(await window.settled(wanted, kind.quietMs), wanted);
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

/** A replayed program can not be resized at its own bytes: live, recordings end where their terminal changed. */
const untilResized = (recording: Recording): Recording => {
  const end = recording.resizes[0]?.offset ?? recording.bytes.length;
  return { ...recording, bytes: recording.bytes.subarray(0, end), resizes: [] };
};
