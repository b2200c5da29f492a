import { printable, printableJson } from '../platform/printable';
import { EXIT_STATUS, type HoldfastError } from '../protocol/errors';

/** An error as the command line prints it on stderr: two lines for people, or one JSON object. */
export const reportOf = (error: HoldfastError, json: boolean): string =>
  json
    ? `${printableJson(error.toWire())}\n`
    : `error: ${lines(error.message)}\nhint: ${lines(error.suggestion)}\n`;

export const exitStatusOf = (error: HoldfastError): number => EXIT_STATUS[error.code];

/** Line feeds stay; everything else that would act on the terminal is escaped. */
const lines = (text: string): string => text.split('\n').map(printable).join('\n');
