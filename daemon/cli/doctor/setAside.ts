import { join } from 'node:path';
import type { Finding } from '../../protocol/daemon';
import { SET_ASIDE_NAME, STORE_FILE } from '../../protocol/endpoint';
import { namesIn } from './folders';

/** Files of the store that were broken when a daemon started, the newest first: none of them is read any more. */
export const checkSetAside = (dataDir: string): readonly Finding[] =>
  namesIn(dataDir)
    .flatMap((name) => {
      const [, was, stamp] = SET_ASIDE_NAME.exec(name) ?? [];
      return was === undefined || stamp === undefined ? [] : [{ path: join(dataDir, name), was, stamp }];
    })
    .sort((a, b) => (a.stamp < b.stamp ? 1 : -1))
    .map(({ path, was, stamp }) => ({
      check: 'store',
      status: 'warning',
      message: `${was} was broken and was set aside on ${asTime(stamp)}: ${path}`,
      suggestion: `${meaningOf(was)} Delete the file if nobody is to look at it; look after the disk if it happens again.`,
    }));

/** What docs/STORE.md says of it. */
const meaningOf = (was: string): string =>
  was.startsWith(STORE_FILE)
    ? "What it held was taken from the store's other files; only if they were set aside with it, sessions are missing."
    : 'What was noted of sessions last before that may be missing.';

/** `20261121T164012123Z` as `2026-11-21 16:40:12 UTC`. */
const asTime = (stamp: string): string =>
  stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d).*/, '$1-$2-$3 $4:$5:$6 UTC');
