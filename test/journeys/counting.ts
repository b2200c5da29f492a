import assert from 'node:assert/strict';
import type { Workbench } from '../editor/workbench';
import { counter, type Journey } from './journey';

/** What the counter counts in, below the project. */
export const COUNTED = 'count.txt';

/** Opens the editor, starts a session by its command, and a counter in it. Returns the session's name. */
export const startCounting = async (
  journey: Journey,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<{ window: Workbench; name: string }> => {
  const window = await journey.openEditor({ settings });
  await window.run('Holdfast: New Session');
  await window.terminalShows(/[$#] *$/);
  const [session] = await journey.sessions();
  assert.ok(session);
  await window.type(`${counter(COUNTED)}\r`);
  await window.terminalShows(/count 3/);
  return { window, name: session.name };
};

/** The program answers the keyboard of this window: it is interrupted, and its shell says what had been counted. */
export const answersTyping = async (window: Workbench): Promise<void> => {
  await window.type('\x03');
  await window.type(`echo "alive at $(tail -n 1 ${COUNTED})"\r`);
  await window.terminalShows(/alive at \d+/);
};
