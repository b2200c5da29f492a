/** Ctrl-C, Ctrl-Z and Ctrl-\\: termios(3)'s INTR, SUSP and QUIT as terminals have them until somebody sets others. */
const STOPPING: ReadonlySet<number> = new Set([0x03, 0x1a, 0x1c]);

/**
 * Whether it is a key that stops a program. The kernel then drops what waits in the PTY (termios(3), NOFLSH); what waits
 * behind it for whoever typed the key need not be shown first either, where a whole screen is nearer.
 */
export const isStoppingKey = (keys: Uint8Array): boolean => keys.length === 1 && STOPPING.has(keys[0] ?? 0);
