import { Transform, type TransformCallback } from 'node:stream';
import { HoldfastError } from '../protocol/errors';

const HEADER_END = Buffer.from('\r\n\r\n');
/** A JSON-RPC header is some 30 bytes; more than this is none. */
const MAX_HEADER_BYTES = 1024;

/**
 * Passes Content-Length framed messages through, and fails before it lets in the body of one that is longer
 * than the bound: vscode-jsonrpc's reader itself would buffer whatever length a peer announces.
 */
export class LengthGuard extends Transform {
  private _header: Buffer = Buffer.alloc(0);
  private _bodyLeft = 0;

  public constructor(private readonly _maxBytes: number) {
    super();
  }

  public override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this._bodyLeft > 0) {
        const body = rest.subarray(0, this._bodyLeft);
        this._bodyLeft -= body.length;
        this.push(body);
        rest = rest.subarray(body.length);
        continue;
      }
      const before = this._header.length;
      this._header = Buffer.concat([this._header, rest.subarray(0, MAX_HEADER_BYTES + HEADER_END.length)]);
      const end = this._header.indexOf(HEADER_END);
      if (end < 0) {
        if (this._header.length > MAX_HEADER_BYTES) {
          done(refusal('a message header without an end'));
          return;
        }
        break;
      }
      const length = Number(
        /^content-length: *(\d{1,15}) *$/im.exec(this._header.toString('latin1', 0, end))?.[1],
      );
      if (!Number.isSafeInteger(length) || length > this._maxBytes) {
        done(refusal(`a message of ${Number.isNaN(length) ? 'unknown length' : `${length} bytes`}`));
        return;
      }
      const headerLength = end + HEADER_END.length;
      this.push(this._header.subarray(0, headerLength));
      rest = rest.subarray(headerLength - before);
      this._header = Buffer.alloc(0);
      this._bodyLeft = length;
    }
    done();
  }
}

const refusal = (what: string): HoldfastError =>
  new HoldfastError(
    'INVALID_INPUT',
    `refused ${what}`,
    'Send smaller messages, framed as JSON-RPC over a stream is.',
  );
