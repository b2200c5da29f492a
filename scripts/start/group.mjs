import { once } from 'node:events';

const GRACE_MS = 5000;

/** Ends a program that was started as the leader of a process group, and all that it has started in it. */
export async function endGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(timer);
  // What the leader has left behind in its group.
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child, signal) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It has gone by itself.
  }
}
