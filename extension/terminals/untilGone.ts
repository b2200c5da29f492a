import type { Event } from '../../daemon/lifecycle/event';

/** Waits, if need be, until something that VS Code has been told to take away is there no more. */
export const untilGone = async (
  open: { readonly onDidChange: Event<void> },
  isThere: () => boolean,
): Promise<void> => {
  if (!isThere()) {
    return;
  }
  await new Promise<void>((resolve) => {
    const subscription = open.onDidChange(() => {
      if (!isThere()) {
        subscription.dispose();
        resolve();
      }
    });
  });
};
