import { HoldfastError } from '../../protocol/errors';

/** A call that can't be carried out as it was written. */
export const invalid = (message: string, suggestion: string): HoldfastError =>
  new HoldfastError('INVALID_INPUT', message, suggestion);
