import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/**
 * The user's home folder. A HOME that is empty or relative names another folder wherever one stands, and counts as
 * not set: then the user database says it. Undefined for a user that has none.
 */
export const homeFolder = (): string | undefined => {
  for (const ask of [homedir, () => userInfo().homedir]) {
    try {
      const found = ask();
      if (isAbsolute(found)) {
        return found;
      }
    } catch {
      // A user without an entry, as in a container.
    }
  }
  return undefined;
};
