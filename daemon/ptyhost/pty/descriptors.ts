import { closeSync, openSync, readdirSync } from 'node:fs';

/**
 * A PTY's master is born without close-on-exec (openpty(3)), and Node can't set it. On macOS that does not
 * matter: both node-pty and libuv spawn with POSIX_SPAWN_CLOEXEC_DEFAULT. On Linux a master that leaked into
 * another process would keep its terminal alive behind our back.
 */
const LEAKS = process.platform === 'linux';
/** Holes are few; whoever inherited a descriptor with a huge number must not cost us that many. */
const MAX_PLUGS = 4096;

const masters = new Set<number>();

/** A master was opened. Returns what to call when it is closed. */
export const noteMaster = (fd: number): (() => void) => {
  masters.add(fd);
  return () => masters.delete(fd);
};

/**
 * Calls `fork` while the numbers of our descriptors have no hole: node-pty's child sets close-on-exec on 3, 4, 5
 * … and stops at the first number above 15 that is not open (pty.cc, pty_close_inherited_fds; the prebuilt
 * binary does not use close_range(2)), so that what lies behind a hole would be inherited.
 * @throws EMFILE when there are not enough descriptors for that; what `fork` throws
 */
export const withoutHoles = <T>(fork: () => T): T => {
  const plugs: number[] = [];
  try {
    plugHoles(plugs);
    return fork();
  } finally {
    for (const plug of plugs) {
      closeSync(plug);
    }
  }
};

const plugHoles = (plugs: number[]): void => {
  if (!LEAKS) {
    return;
  }
  const highest = highestDescriptor();
  // open(2) takes the lowest free number: one above the highest says that there is no hole below.
  for (let plug = 0; plug < highest && plugs.length < MAX_PLUGS; ) {
    plug = openSync('/dev/null', 'r');
    plugs.push(plug);
  }
};

const highestDescriptor = (): number => {
  try {
    return Math.max(...readdirSync('/proc/self/fd').map(Number));
  } catch {
    // /proc is hidden: the child does what it can.
    return 0;
  }
};

/**
 * The `stdio` of a child that is no terminal's program: nothing, and each master's number taken by /dev/null.
 * `use` gets it and must spawn before it returns.
 */
export const withoutMasters = <T>(use: (stdio: ('ignore' | number)[]) => T): T => {
  if (!LEAKS || masters.size === 0) {
    return use(['ignore', 'ignore', 'ignore']);
  }
  const nothing = openSync('/dev/null', 'r+');
  try {
    return use(
      Array.from({ length: Math.max(...masters) + 1 }, (_, fd) => (masters.has(fd) ? nothing : 'ignore')),
    );
  } finally {
    closeSync(nothing);
  }
};
