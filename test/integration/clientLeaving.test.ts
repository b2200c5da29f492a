import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Attachment } from '../../daemon/client/index';
import { Place, startSession, until } from './clientFixture';

const VISITS = 10;

describe('a viewer that leaves', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.leave());

  it('has everything it typed arrive, also while output is on its way to it', async () => {
    const connection = await place.connection();
    const got = join(place.folder, 'got');
    const session = await startSession(connection, {
      cwd: place.folder,
      command: [
        'bash',
        '-c',
        `stty raw -echo; yes & while read -r -n 7 word; do echo "$word" >> ${got}; done`,
      ],
    });
    const visits = Array.from({ length: VISITS }, (_, visit) => `word-${String(visit).padStart(2, '0')}`);
    for (const word of visits) {
      const attachment = await connection.attach({ target: { text: session }, mode: 'interactive' });
      attachment.start();
      await output(attachment);
      attachment.write(word);
      attachment.detach();
    }
    const arrived = (): string[] =>
      existsSync(got) ? readFileSync(got, 'utf8').trim().split('\n').sort() : [];
    await until('the last word arrives', () => arrived().length === VISITS);
    assert.deepEqual(arrived(), visits);
  });
});

const output = (attachment: Attachment): Promise<void> =>
  new Promise((resolve) => {
    const subscription = attachment.onData((data) => {
      if (Buffer.from(data).includes('y')) {
        subscription.dispose();
        resolve();
      }
    });
  });
