import { standardTabStops } from './modeTracker';

const ESC = '\x1b';
const CSI = `${ESC}[`;

/**
 * DEC private modes that a full-screen program may have left on, in groups that any terminal takes at once: the alternate
 * screen (1047, which leaves the cursor alone where it is not shown), cursor keys, reverse video, origin, reverse
 * wrap-around, side margins; mouse tracking and its encodings; focus, bracketed paste, synchronised output, reports of
 * colour scheme and size, win32 input. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
const LEFT_ON = [
  [1047, 1, 5, 6, 45, 69],
  [9, 1000, 1001, 1002, 1003],
  [1005, 1006, 1015, 1016],
  [1004, 2004, 2026, 2031, 2048, 9001],
];

/** G0 and G1 are ASCII and G0 is in use (SI); DECKPNM. Each terminal knows these. */
const CHARACTER_SETS = `${ESC}(B${ESC})B\x0f${ESC}>`;

/** What Linux's own console would print: it knows neither intermediate bytes nor these private marks nor OSC 8. */
const LATER_TERMINALS = [
  // DECSCUSR, DECSCA, XTMODKEYS 4, the end of a hyperlink.
  `${CSI}0 q`,
  `${CSI}0"q`,
  `${CSI}>4m`,
  `${ESC}]8;;${ESC}\\`,
].join('');

/**
 * Makes a terminal of unknown state what it is when it starts, but for what stands in it, its colours and title. The
 * cursor is then anywhere.
 * @param term the terminal's type, as in TERM
 */
export const undoModes = (cols: number, term: string | undefined): string =>
  [
    // CAN ends a sequence that was cut.
    '\x18',
    ...LEFT_ON.map((modes) => `${CSI}?${modes.join(';')}l`),
    // IRM and LNM off; DECAWM and DECTCEM on; DECSTBM: all rows scroll.
    `${CSI}4;20l${CSI}?7;25h${CSI}r`,
    CHARACTER_SETS,
    term === 'linux' || term === 'dumb' ? '' : LATER_TERMINALS,
    standardTabStops(cols),
    `${CSI}0m`,
  ].join('');
