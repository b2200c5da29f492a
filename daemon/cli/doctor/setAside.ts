import { join } from 'node:path';
import { LAUNCH_LOCK_PREFIX } from '../../client/heldLock';
import type { Finding } from '../../protocol/daemon';
import {
  ENDPOINT_FILE,
  HISTORIES_FOLDER,
  HOSTS_FOLDER,
  JOURNALS_FOLDER,
  KEYFRAMES_FOLDER,
  LOCK_PREFIX,
  LOG_FOLDER,
  SET_ASIDE_NAME,
  SET_ASIDE_SUFFIX,
  STORE_FILE,
} from '../../protocol/endpoint';
import { namesIn } from './folders';

const FOLDER_IN_PLACE = 'It was a folder in the place of a file, which is there again.';

const suffixed = (name: string): RegExp =>
  new RegExp(`^(${name})${SET_ASIDE_SUFFIX.source.replace('^(.+)', '')}`);
/** What is neither of the store nor of a terminal. */
const OTHERS: readonly (readonly [folder: string, name: RegExp])[] = [
  ['.', suffixed(`${ENDPOINT_FILE}|(?:${LOCK_PREFIX}|${LAUNCH_LOCK_PREFIX})\\d+`)],
  [HOSTS_FOLDER, suffixed('.+\\.json')],
  [LOG_FOLDER, suffixed('.+\\.log(?:\\.\\d+)?')],
];

/** Files of the store, of screens and of journals that were broken, each kind the newest first: none of them is read any more. */
export const checkSetAside = (dataDir: string): readonly Finding[] => [
  ...check('store', dataDir, SET_ASIDE_NAME, (was) => ({ what: was, meaning: meaningForStore(was) })),
  ...OTHERS.flatMap(([folder, name]) =>
    check('places', join(dataDir, folder), name, (was) => ({ what: was, meaning: FOLDER_IN_PLACE })),
  ),
  ...check('screens', join(dataDir, KEYFRAMES_FOLDER), SET_ASIDE_SUFFIX, (was) => ({
    what: `the keyframe of terminal ${was.replace(/\.keyframe$/, '')}`,
    meaning:
      'Its screen was drawn again from what its journal still had, under the scrollback that there was.',
  })),
  ...check('screens', join(dataDir, HISTORIES_FOLDER), SET_ASIDE_SUFFIX, (was) => ({
    what: `a history of terminal ${was.replace(/\.\d+\.txt$/, '')}`,
    meaning: 'Its scrollback lacks lines; those that were good are still there.',
  })),
  ...check('journals', join(dataDir, JOURNALS_FOLDER), SET_ASIDE_SUFFIX, (was) => ({
    what: `the journal of terminal ${was.replace(/\.journal$/, '')}`,
    meaning: "What 'holdfast output' showed of it has lost a part; its last screen is kept on its own.",
  })),
];

/** @param name has what the file was called and when it was set aside as its groups */
const check = (
  kind: string,
  folder: string,
  name: RegExp,
  describe: (was: string) => { readonly what: string; readonly meaning: string },
): readonly Finding[] =>
  namesIn(folder)
    .flatMap((each) => {
      const [, was, stamp] = name.exec(each) ?? [];
      return was === undefined || stamp === undefined ? [] : [{ path: join(folder, each), was, stamp }];
    })
    .sort((a, b) => (a.stamp < b.stamp ? 1 : -1))
    .map(({ path, was, stamp }) => {
      const { what, meaning } = describe(was);
      return {
        check: kind,
        status: 'warning',
        message: `${what} was broken and was set aside on ${asTime(stamp)}: ${path}`,
        suggestion: `${meaning} Delete the file if nobody is to look at it; look after the disk if it happens again.`,
      };
    });

/** What docs/STORE.md says of it. */
const meaningForStore = (was: string): string =>
  was.startsWith(STORE_FILE)
    ? "What it held was taken from the store's other files; only if they were set aside with it, sessions are missing."
    : 'What was noted in its damaged places, or behind its end if it was cut, is missing; all else was taken over.';

/** `20261121T164012123Z` as `2026-11-21 16:40:12 UTC`. */
const asTime = (stamp: string): string =>
  stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d).*/, '$1-$2-$3 $4:$5:$6 UTC');
