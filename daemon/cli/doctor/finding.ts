import type { Finding } from '../../protocol/daemon';
import { HoldfastError } from '../../protocol/errors';

type Judge = (finding: Omit<Finding, 'check'>) => Finding;

export const of =
  (check: string): Judge =>
  (finding) => ({ check, ...finding });

/** What a check finds; when it fails itself, that is what was found. */
export const examine = (check: string, look: () => Finding): Finding => {
  try {
    return look();
  } catch (error) {
    return { check, ...asFinding(error) };
  }
};

/** The same for a check that may find several things, or nothing. */
export const examineAll = (check: string, look: () => readonly Finding[]): readonly Finding[] => {
  try {
    return look();
  } catch (error) {
    return [{ check, ...asFinding(error) }];
  }
};

/** An error as something doctor found: who reads it has run doctor already. */
export const asFinding = (thrown: unknown): Omit<Finding, 'check'> => {
  const { message, suggestion } = HoldfastError.from(thrown);
  const isCircular = suggestion.includes('holdfast doctor');
  return {
    status: 'error',
    message,
    suggestion: isCircular ? "Look what else is found here, and into 'logs' in the data folder." : suggestion,
  };
};
