/**
 * Which control sequences ask the terminal something. Names after DEC STD 070, ECMA-48 and xterm's
 * ctlseqs (invisible-island.net/xterm/ctlseqs/ctlseqs.html); the kitty ones after sw.kovidgoyal.net/kitty.
 */

/** XTWINOPS that report: state, position, sizes in pixels and cells, icon label, title. */
const WINDOW_REPORTS: ReadonlySet<number> = new Set([11, 13, 14, 15, 16, 18, 19, 20, 21]);

/** By final byte: 1 may end a query, 2 may do so behind a private marker; a table, as every sequence is looked up. */
const ENDS = new Uint8Array(0x100);
for (const final of Buffer.from('cnpqxuty|wvR')) {
  ENDS[final] = 1;
}
for (const final of Buffer.from('mS')) {
  ENDS[final] = 2;
}

/**
 * Whether a control sequence may be a query by its ends alone.
 * @param final its last byte
 * @param first the byte behind CSI
 */
export const mayEndCsiQuery = (final: number, first: number): boolean => {
  const end = ENDS[final];
  return end === 1 || (end === 2 && !(first >= 0x30 && first <= 0x3b));
};

/** @param text what follows CSI: private marker, parameters, intermediates and the final byte */
export const isCsiQuery = (text: string): boolean => {
  const match = /^([<-?]?)([0-9:;<-?]*)([ -/]*)([@-~])$/.exec(text);
  if (match === null) {
    return false;
  }
  const [, marker = '', parameters = '', intermediates = '', final = ''] = match;
  const first = Number.parseInt(parameters, 10) || 0;
  switch (`${marker}${intermediates}${final}`) {
    // DA1, DA2, DA3, XTVERSION: a request has no parameter or 0.
    case 'c':
    case '>c':
    case '=c':
    case '>q':
      return first === 0;
    // DSR and CPR, also the private ones (DECXCPR, colour scheme 996 …).
    case 'n':
    case '?n':
      return true;
    // DECRQM, ANSI and private.
    case '$p':
    case '?$p':
      return true;
    // DECREQTPARM.
    case 'x':
      return first <= 1;
    // Kitty keyboard flags; XTQMODKEYS.
    case '?u':
    case '?m':
      return true;
    // XTSMGRAPHICS: read, read the maximum.
    case '?S':
      return ['1', '4'].includes(parameters.split(';')[1] ?? '');
    case 't':
      return WINDOW_REPORTS.has(first);
    // DECRQCRA, DECRQPSR, DECRQTSR, DECRQUPSS, DECRQDE, DECRQLP, XTREPORTSGR, XTREPORTCOLORS.
    case '*y':
    case '$w':
    case '$u':
    case '&u':
    case '"v':
    case "'|":
    case '#|':
    case '#R':
      return true;
    default:
      return false;
  }
};

/** DECRQSS and XTGETTCAP. @param text what follows DCS up to its final byte */
export const isDcsQuery = (text: string): boolean => /^[0-9:;<-?]*[$+]q$/.test(text);

/** OSC 52: reads or writes the clipboard of whoever views the terminal. */
const CLIPBOARD = 52;

/** OSC numbers whose value may be `?`: palette, special colours, dynamic colours, kitty's colours, clipboard. */
const isQueryable = (code: number): boolean =>
  code === 4 || code === 5 || (code >= 10 && code <= 19) || code === 21 || code === CLIPBOARD;

/** Whether some OSC that begins so may be a query: false as soon as it is certain that none is. */
export const mayBeOscQuery = (beginning: string): boolean => {
  const [number = '', ...values] = partsOf(beginning);
  if (!/^0*\d{0,8}$/.test(number)) {
    return false;
  }
  if (values.length === 0) {
    return true;
  }
  const code = Number(number);
  return code === CLIPBOARD ? mayReadClipboard(values) : isQueryable(code);
};

/** The same of the clipboard alone: what it holds is never told, however long the question is. */
export const mayBeClipboardQuery = (beginning: string): boolean => {
  const [number = '', ...values] = partsOf(beginning);
  const code = number.replace(/^0+/, '');
  return values.length === 0
    ? `${CLIPBOARD}`.startsWith(code)
    : code === `${CLIPBOARD}` && mayReadClipboard(values);
};

const mayReadClipboard = (values: readonly string[]): boolean =>
  values.length < 2 || values[1] === '?' || (values.length === 2 && values[1] === '');

/** xterm.js passes over the controls in an OSC. */
const partsOf = (payload: string): string[] => payload.replace(/[\x00-\x1f\x7f]/g, '').split(';');

/**
 * What remains of an OSC when the queries are taken out of it: undefined when there are none in it, else
 * whole sequences (perhaps none) for the values that it sets beside.
 * @param payload what stands between OSC and its terminator
 */
export const withoutOscQueries = (payload: string): string | undefined => {
  const [number = '', ...values] = partsOf(payload);
  if (!/^0*\d{1,8}$/.test(number) || !isQueryable(Number(number))) {
    return undefined;
  }
  const code = Number(number);
  switch (code) {
    case 4:
    case 5:
      return keepPairs(code, values);
    case 21: {
      const set = values.filter((value) => !value.endsWith('=?'));
      return set.length === values.length ? undefined : set.length === 0 ? '' : osc([code, ...set]);
    }
    case CLIPBOARD:
      // What stands behind it is ignored by emulators.
      return values[1] === '?' ? '' : undefined;
    default:
      return keepDynamic(code, values);
  }
};

/** OSC 4 and 5 take pairs of an index and a colour. */
const keepPairs = (code: number, values: readonly string[]): string | undefined => {
  const set: string[] = [];
  let asked = false;
  for (let i = 0; i + 1 < values.length; i += 2) {
    if (values[i + 1] === '?') {
      asked = true;
    } else {
      set.push(values[i] ?? '', values[i + 1] ?? '');
    }
  }
  return asked ? (set.length === 0 ? '' : osc([code, ...set])) : undefined;
};

/** OSC 10 … 19 take one colour for themselves, the next for the number behind, and so on. */
const keepDynamic = (code: number, values: readonly string[]): string | undefined =>
  values.includes('?')
    ? values.map((value, i) => (value === '?' || value === '' ? '' : osc([code + i, value]))).join('')
    : undefined;

/** OSC … ST in its 7-bit form, good wherever the original stood. */
const osc = (parts: readonly (string | number)[]): string => `\x1b]${parts.join(';')}\x1b\\`;
