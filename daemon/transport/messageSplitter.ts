import { HoldfastError } from '../protocol/errors';

const HEADER_END = Buffer.from('\r\n\r\n');
/** A JSON-RPC header is some 30 bytes; more than this is none. */
const MAX_HEADER_BYTES = 1024;
const CONTENT_LENGTH = /^content-length: *(\d{1,15}) *$/im;
const NOTHING = Buffer.alloc(0);

/**
 * Takes the bodies of Content-Length framed messages out of a stream, as it comes. A message beyond the bound is
 * refused when it is announced, before anything of it is kept.
 */
export class MessageSplitter {
  private _header: Buffer = NOTHING;
  private _body: Buffer | undefined;
  private _filled = 0;

  public constructor(private readonly _maxBytes: number) {}

  /**
   * @param bytes valid during the call only
   * @param onBody is given each body that is complete; one that came in one piece is part of `bytes`
   * @throws HoldfastError INVALID_INPUT; what follows can't be told apart any more
   */
  public push(bytes: Buffer, onBody: (body: Buffer, isPartOfBytes: boolean) => void): void {
    for (let at = 0; at < bytes.length; ) {
      if (this._body !== undefined) {
        const copied = bytes.copy(this._body, this._filled, at);
        this._filled += copied;
        at += copied;
      } else {
        const length = this._readHeader(bytes, at);
        if (length === undefined) {
          return;
        }
        at = this._behindHeader;
        if (bytes.length - at >= length) {
          at += length;
          onBody(bytes.subarray(at - length, at), true);
          continue;
        }
        // Pages that nothing is written to cost nothing: who announces much and sends little takes little.
        this._body = Buffer.allocUnsafeSlow(length);
        this._filled = 0;
        continue;
      }
      if (this._filled === this._body.length) {
        const body = this._body;
        this._body = undefined;
        onBody(body, false);
      }
    }
  }

  private _behindHeader = 0;

  /** @returns the length of the body, which begins at `_behindHeader`; undefined while the header is not complete */
  private _readHeader(bytes: Buffer, from: number): number | undefined {
    const before = this._header.length;
    const ahead = bytes.subarray(from, from + MAX_HEADER_BYTES + HEADER_END.length);
    const header = before === 0 ? ahead : Buffer.concat([this._header, ahead]);
    const end = header.indexOf(HEADER_END);
    if (end < 0) {
      if (header.length > MAX_HEADER_BYTES) {
        throw refusal('a message header without an end');
      }
      this._header = Buffer.from(header);
      return undefined;
    }
    const length = Number(CONTENT_LENGTH.exec(header.toString('latin1', 0, end))?.[1]);
    if (!Number.isSafeInteger(length) || length > this._maxBytes) {
      throw refusal(`a message of ${Number.isNaN(length) ? 'unknown length' : `${length} bytes`}`);
    }
    this._header = NOTHING;
    this._behindHeader = from + end + HEADER_END.length - before;
    return length;
  }
}

const refusal = (what: string): HoldfastError =>
  new HoldfastError(
    'INVALID_INPUT',
    `refused ${what}`,
    'Send smaller messages, framed as JSON-RPC over a stream is.',
  );
