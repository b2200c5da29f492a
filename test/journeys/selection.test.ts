import { afterEach, beforeEach, describe, it } from 'node:test';
import { poll } from '../support/poll';
import { Journey } from './journey';

describe('the keys of the view', { skip: process.platform !== 'linux', timeout: 120_000 }, () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await Journey.begin();
  });
  afterEach(() => journey.dispose());

  it('act on what is selected: Delete removes the ended sessions that are, and no other', async () => {
    for (const name of ['first', 'kept', 'second']) {
      await journey.holdfast('new', name, '--', 'true');
    }
    const window = await journey.openEditor();
    const rows = await window.openSessionsView();
    await rows.filter({ hasText: 'kept' }).waitFor();
    for (const name of ['first', 'second']) {
      await rows.filter({ hasText: name }).click({ modifiers: ['Control'] });
    }
    await window.page.keyboard.press('Delete');
    await poll(async () => (await journey.sessions()).map(({ name }) => name).join() === 'kept', {
      what: 'the selected sessions to be gone',
      state: () => journey.sessions(),
    });
  });
});
