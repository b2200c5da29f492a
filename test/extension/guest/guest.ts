import type { ExtensionContext } from 'vscode';
import { getHoldfast, showServer, succeeds, watchEnds } from './example';

/** An extension as others write it, beside Holdfast in the same window; the suite has it do things. */
export const activate = async (context: ExtensionContext) => {
  const holdfast = await getHoldfast();
  if (holdfast === undefined) {
    throw new Error('Holdfast is not installed');
  }
  watchEnds(context, holdfast);
  return { holdfast, showServer, succeeds };
};

export type Guest = Awaited<ReturnType<typeof activate>>;
