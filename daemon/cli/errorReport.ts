import { EXIT_STATUS, type HoldfastError } from '../protocol/errors';
import { printable } from './output/printable';

/** An error as the command line prints it on stderr: two lines for people, or one JSON object. */
export const reportOf = (error: HoldfastError, json: boolean): string =>
  json
    ? `${JSON.stringify(error.toWire())}\n`
    : `error: ${lines(error.message)}\nhint: ${lines(error.suggestion)}\n${candidates(error)}`;

export const exitStatusOf = (error: HoldfastError): number => EXIT_STATUS[error.code];

/** Line feeds stay; everything else that would act on the terminal is escaped. */
const lines = (text: string): string => text.split('\n').map(printable).join('\n');

/** An ambiguous or missing TARGET lists who could be meant. */
const candidates = (error: HoldfastError): string => {
  const details = error.details as { readonly candidates?: unknown } | undefined;
  if (typeof details !== 'object' || details === null || !Array.isArray(details.candidates)) {
    return '';
  }
  return details.candidates.map((candidate) => `  ${printable(nameOf(candidate))}\n`).join('');
};

const nameOf = (candidate: unknown): string =>
  typeof candidate === 'object' && candidate !== null && 'name' in candidate
    ? String(candidate.name)
    : String(candidate);
