import type { Pty, PtyOptions } from './pty';

/** @throws HoldfastError SPAWN_FAILED, SESSION_LIMIT */
export const spawnPty = async (options: PtyOptions): Promise<Pty> =>
  process.platform === 'win32'
    ? (await import('./windowsPty')).WindowsPty.spawn(options)
    : (await import('./unixPty')).UnixPty.spawn(options);
