import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { restartDaemon } from '../../daemon/client/index';
import { JOURNALS_FOLDER, RUNTIME_FOLDER } from '../../daemon/protocol/endpoint';
import { SessionCreate } from '../../daemon/protocol/sessions';
import { TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { Place, until } from './clientFixture';

/** What must be found nowhere, by where it was given. */
const PLANTED = {
  'the environment': 'planted-environment-1',
  'a variable named one by one': 'planted-added-2',
  'a password in an address': 'planted-address-3',
  'the environment of whoever starts the daemon': 'planted-starter-4',
  'input that is not echoed': 'planted-typed-5',
  'a call that types': 'planted-called-6',
  'input for a session that is not there': 'planted-refused-7',
  'the environment of a program that can’t be started': 'planted-failed-8',
} as const;
/** What a program writes is kept: that is what a journal is for. */
const WRITTEN = 'written-by-a-program-9';

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('a secret', { skip: process.platform === 'win32' }, () => {
  const place = new Place();
  after(() => place.leave());

  test('that was in an environment or was typed is neither stored nor logged', async () => {
    place.environment['STARTER_TOKEN'] = PLANTED['the environment of whoever starts the daemon'];
    const connection = await place.connection();
    const environment = {
      PATH: process.env['PATH'] ?? '',
      MY_TOKEN: PLANTED['the environment'],
      DATABASE_URL: `postgres://ann:${PLANTED['a password in an address']}@db.example/app`,
    };
    const script =
      `stty -echo; printf 'ask '; read one; read two; ` +
      `test -n "$MY_TOKEN$DB_PASSWORD$DATABASE_URL" && echo ${WRITTEN}; exec cat`;
    const { session } = await connection.call(SessionCreate.type, {
      cwd: '/',
      environment,
      added: { DB_PASSWORD: PLANTED['a variable named one by one'] },
      command: ['sh', '-c', script],
    });
    const target = { text: session.id };
    const screen = await place.attach(connection, session.id);
    await screen.shows('ask');
    screen.attachment.write(Buffer.from(`${PLANTED['input that is not echoed']}\r`));
    await connection.call(TerminalType.type, { target, text: PLANTED['a call that types'], enter: true });
    await screen.shows(WRITTEN);
    await assert.rejects(
      connection.call(TerminalType.type, {
        target: { text: 'nobody' },
        text: PLANTED['input for a session that is not there'],
      }),
    );
    await assert.rejects(
      connection.call(SessionCreate.type, {
        cwd: '/',
        environment: { PATH: '', A_SECRET: PLANTED['the environment of a program that can’t be started'] },
        command: ['/no/such/program'],
      }),
    );
    // Nothing tells another process's environment elsewhere.
    for (const pid of process.platform !== 'linux'
      ? []
      : place.processes().filter((one) => /daemon\.js|ptyhost\.js/.test(commandOf(one)))) {
      const all = readFileSync(`/proc/${pid}/environ`, 'latin1');
      assert.ok(!all.includes('planted'), `process ${pid}: ${commandOf(pid)}`);
    }

    // What a daemon that leaves writes, and the next one.
    await restartDaemon(place.options);
    await until('the screen of the next daemon', async () => {
      const { lines } = await connection.call(TerminalSnapshot.type, { target });
      return lines.some((line) => line.includes(WRITTEN));
    });
    const files = filesBelow(place.folder).filter((path) => !path.includes(`/${RUNTIME_FOLDER}/`));
    const found = files.flatMap((path) => {
      const content = readFileSync(path);
      return Object.entries(PLANTED)
        .filter(([, text]) => content.includes(text))
        .map(([what]) => `${what}: ${path}`);
    });
    assert.deepEqual(found, []);
    const journals = files.filter((path) => path.includes(`/${JOURNALS_FOLDER}/`));
    assert.ok(
      journals.some((path) => readFileSync(path).includes(WRITTEN)),
      files.join('\n'),
    );
  });
});

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'latin1');
