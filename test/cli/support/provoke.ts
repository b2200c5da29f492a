import assert from 'node:assert/strict';
import type { ErrorCode, WireError } from '../../../daemon/protocol/errors';
import { EXIT_STATUS } from '../../../daemon/protocol/errors';
import { codesOf, ERROR_TABLE, type Shown } from './errorTable';
import type { Holdfast, RefusedOptions } from './holdfast';

const RETRYABLE: readonly ErrorCode[] = [
  'DAEMON_UNAVAILABLE',
  'SESSION_UNREACHABLE',
  'STORE_ERROR',
  'TIMEOUT',
];

/** Ends commands with errors, and keeps account of which codes were met. */
export class Provoked {
  private readonly _codes = new Set<ErrorCode>();

  public constructor(private readonly _file: Shown) {}

  /**
   * Makes a call twice, with and without --json: both must end with the code's exit status and say on stderr,
   * and nowhere else, what is wrong and what to do.
   */
  public async by(
    holdfast: Holdfast,
    code: ErrorCode,
    args: readonly string[],
    options: RefusedOptions = {},
  ): Promise<WireError> {
    const error = await holdfast.refused(ERROR_TABLE[code].status, code, args, options);
    assert.deepEqual(
      Object.keys(error).filter((key) => key !== 'details'),
      ['code', 'message', 'suggestion', 'retryable'],
    );
    assert.equal(error.retryable, RETRYABLE.includes(code));
    assert.equal(EXIT_STATUS[code], ERROR_TABLE[code].status);
    this._codes.add(code);
    return error;
  }

  /** Every code that this file has to show was met. */
  public checkComplete(): void {
    assert.deepEqual([...this._codes].toSorted(), codesOf(this._file).toSorted());
  }
}
