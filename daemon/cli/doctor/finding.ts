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

/** An error as something doctor found. */
export const asFinding = (thrown: unknown): Omit<Finding, 'check'> => {
  const { message, suggestion } = HoldfastError.from(thrown);
  return { status: 'error', message, suggestion };
};
