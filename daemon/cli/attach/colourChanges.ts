import type { ThemeColors } from '../../protocol/terminals';

const OSC = '\x1b]';
const ST = '\x1b\\';
/** Colours of the palette that a terminal tells when it is asked. */
const TOLD_COLOURS = 16;
/** OSC 10–19: the colours of text, background, cursor, pointer and selection. */
const FIRST_DYNAMIC = 10;
const LAST_DYNAMIC = 19;

/**
 * Which colours a session's output has changed in the terminal that shows it, so that those and no others are put
 * back: what the person has set there (pywal, base16-shell) is not the terminal's default, which is what a reset
 * would give. Sequences: OSC 4, 5, 10–19 and their resets 104, 105, 110–119 of xterm's ctlseqs.
 */
export class ColourChanges {
  /** By what names a colour in an OSC: `4;1`, `5;0`, `11`. */
  private readonly _slots = new Map<string, 'set' | 'reset'>();

  /** Looks at the text of an OSC. Questions (`?`) change nothing. */
  public osc(text: string): void {
    const [code = '', ...fields] = text.split(';');
    if (code === '4' || code === '5') {
      for (let index = 0; index + 1 < fields.length; index += 2) {
        this._set(`${code};${fields[index]}`, fields[index + 1] ?? '');
      }
    } else if (/^1[0-9]$/.test(code)) {
      // Further colours are those of the codes that follow.
      for (const [index, value] of fields.entries()) {
        if (Number(code) + index <= LAST_DYNAMIC) {
          this._set(String(Number(code) + index), value);
        }
      }
    } else if (code === '104' || code === '105') {
      const indexes = fields.filter((field) => field !== '');
      for (const slot of indexes.length > 0 ? indexes : this._palette(code)) {
        this._slots.set(`${code.slice(2)};${slot}`, 'reset');
      }
    } else if (/^11[0-9]$/.test(code)) {
      this._slots.set(code.slice(1), 'reset');
    }
  }

  /** The terminal has put every colour back to its default (RIS). */
  public resetAll(): void {
    this.osc('104');
    this.osc('105');
    for (let code = FIRST_DYNAMIC; code <= LAST_DYNAMIC; code++) {
      this._slots.set(String(code), 'reset');
    }
  }

  /** @param told the colours the terminal had before, as far as it has told them: the others become its default */
  public undo(told: ThemeColors | undefined): string {
    const again: string[] = [];
    const palette: string[] = [];
    const special: string[] = [];
    const dynamic: string[] = [];
    for (const [slot, state] of this._slots) {
      const colour = toldColour(told, slot);
      if (colour !== undefined) {
        (slot.startsWith('4;') ? again : dynamic).push(`${slot};${colour}`);
      } else if (state === 'set' && slot.startsWith('4;')) {
        palette.push(slot.slice(2));
      } else if (state === 'set' && slot.startsWith('5;')) {
        special.push(slot.slice(2));
      } else if (state === 'set') {
        dynamic.push(`1${slot}`);
      }
    }
    return [
      ...again,
      ...(palette.length === 0 ? [] : [`104;${palette.join(';')}`]),
      ...(special.length === 0 ? [] : [`105;${special.join(';')}`]),
      ...dynamic,
    ]
      .map((text) => OSC + text + ST)
      .join('');
  }

  public forget(): void {
    this._slots.clear();
  }

  private _set(slot: string, value: string): void {
    if (value !== '?' && value !== '' && /^(?:[45];)?\d+$/.test(slot)) {
      this._slots.set(slot, 'set');
    }
  }

  /** All that a reset without an index means: what was set, and what the terminal may have told. */
  private _palette(code: '104' | '105'): readonly string[] {
    const prefix = `${code.slice(2)};`;
    const known = [...this._slots.keys()].filter((slot) => slot.startsWith(prefix));
    const standard = code === '104' ? Array.from({ length: TOLD_COLOURS }, (_, index) => String(index)) : [];
    return [...new Set([...known.map((slot) => slot.slice(prefix.length)), ...standard])];
  }
}

const toldColour = (told: ThemeColors | undefined, slot: string): string | undefined => {
  const colour = slot.startsWith('4;')
    ? told?.ansi?.[Number(slot.slice(2))]
    : { 10: told?.foreground, 11: told?.background, 12: told?.cursor }[slot];
  const channels = /^#(..)(..)(..)$/.exec(colour ?? '')?.slice(1);
  return channels === undefined ? undefined : `rgb:${channels.join('/')}`;
};
