import { keptTitle } from './serializeModes';
import { CELL_WORDS, type Core, IS_COMBINED, type Line } from './xtermInternals';

/**
 * Characters of one cell that are kept. Text of people needs far fewer: UAX #15's stream-safe format allows 30
 * combining characters in a row, and emoji sequences are shorter.
 */
export const MAX_CELL_LENGTH = 128;
/** Longer links are none. Browsers stop at 2 kB to 64 kB; a screen of links of this length still fits into memory. */
export const MAX_LINK_LENGTH = 16 * 1024;
/** So many links are looked through at least, for those that no cell has any more. */
const FIRST_LINKS = 1000;

/** What a cell has, where more is added to it by xterm.js itself. */
interface GrowingLine extends Line {
  addCodepointToCell(column: number, codePoint: number, width: number): void;
}

const bounded = new WeakSet<object>();

/**
 * Keeps what a program can pile up in one place of an emulator to what can be seen. xterm.js keeps a character for each
 * combining one that is printed onto the same cell, a link for each that was ever printed into a row that is still
 * there, and ten titles of 10 MB.
 */
export const boundMemory = (core: Core): { readonly forgetLinks: () => void } => {
  const input = core._inputHandler;
  const { setTitle, setIconName, setHyperlink } = input;
  input.setTitle = (title) => setTitle.call(input, copied(keptTitle(title)));
  input.setIconName = (name) => setIconName.call(input, copied(keptTitle(name)));
  // Without an address: the link ends.
  input.setHyperlink = (data) => setHyperlink.call(input, data.length > MAX_LINK_LENGTH ? ';' : data);
  boundCells(core);
  let most = FIRST_LINKS;
  const links = core._oscLinkService._dataByLinkId;
  return {
    forgetLinks: () => {
      if (links.size > most) {
        forgetUnused(core);
        most = Math.max(FIRST_LINKS, 2 * links.size);
      }
    },
  };
};

/** Of the class that all rows of all emulators are of. */
const boundCells = (core: Core): void => {
  const line = core._bufferService.buffers.normal.lines.get(0);
  const lines = line === undefined ? undefined : (Object.getPrototypeOf(line) as GrowingLine);
  if (lines === undefined || bounded.has(lines)) {
    return;
  }
  bounded.add(lines);
  const { addCodepointToCell } = lines;
  lines.addCodepointToCell = function (this: Line, column, codePoint, width) {
    const isFull =
      ((this._data[column * CELL_WORDS] ?? 0) & IS_COMBINED) !== 0 &&
      (this._combined[column]?.length ?? 0) >= MAX_CELL_LENGTH;
    if (!isFull) {
      addCodepointToCell.call(this, column, codePoint, width);
    }
  };
};

/** A link is forgotten by xterm.js with the last row it was printed in: those printed over are, here. */
const forgetUnused = (core: Core): void => {
  const used = new Set([core._inputHandler._curAttrData.extended._urlId]);
  const { normal, alt } = core._bufferService.buffers;
  for (const { lines, savedCurAttrData } of [normal, alt]) {
    used.add(savedCurAttrData.extended._urlId);
    for (let index = 0; index < lines.length; index++) {
      for (const attributes of Object.values(lines.get(index)?._extendedAttrs ?? {})) {
        used.add(attributes?._urlId ?? 0);
      }
    }
  }
  for (const [id, { lines }] of [...core._oscLinkService._dataByLinkId]) {
    if (!used.has(id)) {
      for (const marker of [...lines]) {
        marker.dispose();
      }
    }
  }
};

/** Not a view of the megabytes it was cut from, which would be kept with it. */
const copied = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
