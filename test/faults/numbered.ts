import type { Attachment, Connection } from '../../daemon/client/index';
import { offset } from '../../daemon/protocol/ids';
import type { Place } from '../integration/clientFixture';

/** Lines that a program numbers, some megabyte a second: a flood that a viewer keeps up with. */
export const NUMBERING = `let n = 0;
const write = () => {
  let text = '';
  for (let line = 0; line < 100; line++) text += 'line ' + n++ + ' of what a build prints\\n';
  process.stdout.write(text, () => setTimeout(write, 2));
};
write();`;

const LINE = /^line (\d+) of what a build prints\r$/;
/** The end of what was seen, to be compared with the journal byte by byte. */
const KEPT_BYTES = 256 * 1024;

/** Reads what NUMBERING writes, and finds a line that is missing, doubled or torn. */
export class NumberedReader {
  public bytes = 0;
  public problem: string | undefined;
  private _partial = '';
  private _next: number | undefined;
  private _kept = Buffer.alloc(0);
  private readonly _decoder = new TextDecoder();

  public constructor(private readonly _attachment: Attachment) {
    _attachment.onData((data) => this._read(data));
    _attachment.onGap(({ from, to }) => this._fail(`output from ${from} to ${to} was passed over`));
    _attachment.onDetach(({ message }) => this._fail(`the viewer was sent away: ${message}`));
    _attachment.start();
  }

  /** The number of lines that came one after the other. */
  public get lines(): number {
    return this._next ?? 0;
  }

  /** The last bytes that came, and the offset of the first of them. */
  public get kept(): { readonly from: number; readonly bytes: Buffer } {
    return { from: this._attachment.offset - this._kept.length, bytes: this._kept };
  }

  private _read(data: Uint8Array): void {
    this.bytes += data.length;
    const all = Buffer.concat([this._kept, data]);
    this._kept = all.subarray(Math.max(0, all.length - KEPT_BYTES));
    const lines = (this._partial + this._decoder.decode(data, { stream: true })).split('\n');
    this._partial = lines.pop() ?? '';
    for (const line of lines) {
      const number = Number(LINE.exec(line)?.[1] ?? Number.NaN);
      if (Number.isNaN(number) || number !== (this._next ?? 0)) {
        this._fail(`line ${this._next ?? 0} was to come, and ${JSON.stringify(line)} came`);
        return;
      }
      this._next = number + 1;
    }
  }

  private _fail(problem: string): void {
    this.problem ??= problem;
  }
}

/** Attaches to a program that runs NUMBERING, and reads all it has written from its first line on. */
export const readNumbered = async (
  place: Place,
  connection: Connection,
  session: string,
): Promise<NumberedReader> => {
  const attachment = await connection.attach({
    target: { text: session },
    mode: 'interactive',
    size: { cols: 80, rows: 24 },
    from: offset(0),
    whenBehind: 'output',
  });
  return new NumberedReader(place.track(attachment));
};
