import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { extensions, window, workspace } from 'vscode';
import { Connection, restartDaemon, stopDaemon } from '../../daemon/client';
import { SessionKill, SessionRemove } from '../../daemon/protocol/sessions';
import { TerminalKey } from '../../daemon/protocol/terminals';
import type {
  CreateOptions,
  HoldfastAPI,
  HoldfastExtension,
  Session,
  SessionEnd,
  SessionsChange,
} from '../../extension/api/holdfast';
import { EXTENSION_ID } from '../../extension/contributions';
import { poll } from '../support/poll';
import type { Guest } from './guest/guest';
import { begin, clean, daemon, ended, screenShows, takeErrors, temporaryFolder, viewers } from './harness';

/** Longer than any wait for a shell here, and no part of what is tested. */
const PATIENCE = { timeoutMs: 30_000 };

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, program)));

describe('the API for other extensions', () => {
  const folder = temporaryFolder();
  let guest: Guest;
  let holdfast: HoldfastAPI;

  before(async () => {
    await begin();
    guest = await (extensions.getExtension<Guest>('holdfast-test.guest') ?? assert.fail()).activate();
    holdfast = guest.holdfast;
  });
  afterEach(clean);
  after(() => folder.dispose());

  /** A shell with shell integration, without the machine's own start-up files. */
  const shell = (name: string, more: CreateOptions = {}): Promise<Session> =>
    holdfast.create({ name, cwd: folder.path, command: ['bash'], env: { HOME: folder.path }, ...more });
  const refused = (code: string, message = /./) => ({
    name: 'HoldfastError',
    code,
    message,
    suggestion: /./,
  });

  it('starts nothing by being asked for, nor to list what is not there', async () => {
    await stopDaemon({ kind: 'test' }, 'force');
    const extension = extensions.getExtension<HoldfastExtension>(EXTENSION_ID);
    assert.equal(extension?.exports.getAPI(1), holdfast);
    assert.match(holdfast.version, /^1\.\d+\.\d+$/);
    assert.deepEqual(await holdfast.list({ all: true }), []);
    await assert.rejects(holdfast.attach('nobody'), refused('SESSION_NOT_FOUND'));
    await assert.rejects(holdfast.run('nobody', 'true'), refused('SESSION_NOT_FOUND'));
    await assert.rejects(Connection.open({ kind: 'test', start: 'never' }), { code: 'DAEMON_UNAVAILABLE' });
    await holdfast.create({ name: 'first', cwd: folder.path, command: ['cat'] });
    assert.deepEqual(
      (await holdfast.list()).map(({ name }) => name),
      ['first'],
    );
  });

  it('has no other version than it says', () => {
    const { getAPI } = extensions.getExtension(EXTENSION_ID)?.exports ?? assert.fail();
    assert.throws(() => getAPI(2), refused('INVALID_INPUT', /no API 2/));
  });

  it('creates sessions that nobody sees until they are attached, and lists them as plain data', async () => {
    const created = await shell('made', {
      group: 'guests',
      tags: ['of-a-guest'],
      env: { OF_A_GUEST: 'yes' },
    });
    assert.deepEqual([created.group, created.tags, created.cwd], ['guests', ['of-a-guest'], folder.path]);
    assert.deepEqual(structuredClone(created), created);
    assert.deepEqual(window.terminals.map(({ name }) => name).includes('made'), false);
    const [listed] = await holdfast.list();
    assert.deepEqual([listed?.id, listed?.terminals[0]?.command], [created.id, ['bash']]);
    assert.match((await holdfast.run('made', 'echo "$OF_A_GUEST $TERM_PROGRAM"')).output, /^yes vscode$/m);
    await assert.rejects(shell('made'), refused('SESSION_EXISTS'));
    await assert.rejects(shell('an invalid name'), refused('INVALID_NAME'));
    await assert.rejects(shell('lost', { cwd: join(folder.path, 'none') }), refused('CWD_NOT_FOUND'));
    await assert.rejects(shell('wrong', { command: 'bash' as never }), refused('INVALID_INPUT'));
  });

  it('attaches: the terminal of VS Code that shows it is handed out, the same one each time', async () => {
    const { id } = await shell('shown');
    const terminal = await holdfast.attach(id, { preserveFocus: true });
    assert.equal(terminal.name, 'shown');
    assert.ok(window.terminals.includes(terminal));
    await viewers('shown', 1);
    terminal.sendText('echo typed=$((40+2))');
    await screenShows('shown', /^typed=42$/m);
    assert.equal(await holdfast.attach('shown'), terminal);
    const watching = await holdfast.attach('shown:main', { readOnly: true });
    assert.equal(watching.name, 'shown (read-only)');
    await assert.rejects(holdfast.attach('shown:none'), refused('TERMINAL_NOT_FOUND'));
    await assert.rejects(holdfast.attach(undefined as never), refused('INVALID_INPUT'));
  });

  it('runs a command in a session that nobody shows: exit code, output, folder, one after the other', async () => {
    await shell('worker');
    const lines = await holdfast.run('worker', `printf '\\e[31mred\\e[m\\r\\nblue'; (exit 3)`, PATIENCE);
    assert.deepEqual([lines.exitCode, lines.output, lines.truncated], [3, 'red\nblue', false]);
    assert.deepEqual([lines.cwd, typeof lines.durationMs], [folder.path, 'number']);
    const [slow, quick] = await Promise.all([
      holdfast.run('worker', 'x=1; sleep 0.3; x=2', PATIENCE),
      holdfast.run('worker', 'echo $x', PATIENCE),
    ]);
    assert.deepEqual([slow.output, quick.output], ['', '2\n']);
    assert.equal(await guest.succeeds(holdfast, 'worker', 'false'), false);
    assert.equal(await guest.succeeds(holdfast, 'worker', ' true'), true);
    assert.equal((await holdfast.list())[0]?.viewers, 0);
  });

  const others = {
    zsh: { file: '.zshrc', text: "PS1='ready> '\n", line: "printf 'no end'; (exit 3)" },
    fish: {
      file: '.config/fish/config.fish',
      text: 'function fish_prompt; echo -n "ready> "; end\n',
      line: `printf 'no end'; sh -c 'exit 3'`,
    },
  };
  for (const [name, { file, text, line }] of Object.entries(others).filter(([program]) =>
    isInstalled(program),
  )) {
    it(`runs commands in ${name} too, with their output to the byte`, async () => {
      const home = join(folder.path, name);
      mkdirSync(dirname(join(home, file)), { recursive: true });
      writeFileSync(join(home, file), text);
      await shell('other', { command: [name], env: { HOME: home } });
      const first = await holdfast.run('other', line, PATIENCE);
      assert.deepEqual([first.exitCode, first.output, first.cwd], [3, 'no end', folder.path]);
      const [slow, quick] = await Promise.all([
        holdfast.run('other', 'sleep 0.3; cd /', PATIENCE),
        holdfast.run('other', "pwd; printf 'two\\n'", PATIENCE),
      ]);
      assert.deepEqual([slow.output, slow.exitCode, slow.cwd], ['', 0, folder.path]);
      assert.deepEqual([quick.output, quick.cwd], ['/\ntwo\n', '/']);
    });
  }

  it('runs a command across the replacement of the daemon', async () => {
    await shell('enduring');
    const go = join(folder.path, 'go');
    const line = `until [ -e ${go} ]; do sleep 0.1; done; echo gone`;
    const running = holdfast.run('enduring', line, PATIENCE);
    await poll(async () => (await holdfast.list())[0]?.terminals[0]?.currentCommand === line, {
      what: 'the command to run',
    });
    await restartDaemon({ kind: 'test' });
    writeFileSync(go, '');
    const { exitCode, output } = await running;
    assert.deepEqual([exitCode, output], [0, 'gone\n']);
  });

  it('says why a command can’t be run, or is not waited for any longer', async () => {
    await shell('busy');
    await assert.rejects(
      holdfast.run('busy', 'sleep 100', { timeoutMs: 2000 }),
      refused('TIMEOUT', /sleep 100/),
    );
    await assert.rejects(
      holdfast.run('busy', 'true', { timeoutMs: 100 }),
      refused('TIMEOUT', /'busy' still runs 'sleep 100'/),
    );
    const patient = holdfast.run('busy', 'echo patient', PATIENCE);
    await assert.rejects(
      holdfast.run('busy', 'true', { timeoutMs: 100 }),
      refused('TIMEOUT', /'true' waits for its turn/),
    );
    await (await daemon()).call(TerminalKey.type, { target: { text: 'busy' }, keys: ['Ctrl+C'] });
    assert.equal((await patient).output, 'patient\n');
    await assert.rejects(holdfast.run('busy', 'a\nb'), refused('INVALID_INPUT'));
    await assert.rejects(holdfast.run('busy', '  '), refused('INVALID_INPUT'));
    await holdfast.create({ name: 'silent', cwd: folder.path, command: ['cat'] });
    await assert.rejects(holdfast.run('silent', 'true'), refused('INTEGRATION_UNAVAILABLE'));
    await shell('leaving');
    await assert.rejects(holdfast.run('leaving', 'exit 0', PATIENCE), refused('SESSION_EXITED'));
    await assert.rejects(holdfast.run('leaving', 'true'), refused('SESSION_EXITED'));
  });

  it('tells of sessions that come, change and go, and how they end', async () => {
    const changes: SessionsChange[] = [];
    const ends: SessionEnd[] = [];
    const listening = [
      holdfast.onDidChangeSessions((change) => changes.push(change)),
      holdfast.onDidEndSession((end) => ends.push(end)),
    ];
    const told = (what: keyof SessionsChange, fits: (session: Session) => boolean): Promise<boolean> =>
      poll(() => changes.some((change) => change[what].some(fits)), {
        what: `a session to be ${what}`,
        state: () => changes,
      });
    try {
      const { id } = await holdfast.create({
        name: 'told',
        cwd: folder.path,
        command: ['/bin/sh', '-c', 'read line; exit 7'],
      });
      await told('added', (session) => session.id === id && session.state === 'running');
      (await holdfast.attach('told')).sendText('go');
      await ended('told');
      await told('changed', (session) => session.id === id && session.state === 'exited');
      await poll(() => ends.length > 0, { what: 'the end to be told' });
      assert.deepEqual(
        ends.map(({ session, exitCode, signal }) => [session.id, exitCode, signal]),
        [[id, 7, null]],
      );
      assert.deepEqual(
        [(await holdfast.list()).length, (await holdfast.list({ all: true })).map((one) => one.id)],
        [0, [id]],
      );
      const target = { text: id };
      await (await daemon()).call(SessionKill.type, { target });
      await (await daemon()).call(SessionRemove.type, { target, force: true });
      await told('removed', (session) => session.id === id);
      assert.equal(ends.length, 1);
    } finally {
      for (const subscription of listening) {
        subscription.dispose();
      }
    }
  });

  it('finds again what an extension has started, as its documentation shows', async () => {
    writeFileSync(
      join(folder.path, 'server.js'),
      'console.log("on " + process.env.PORT); setInterval(() => {}, 1000)',
    );
    const first = await guest.showServer(holdfast, 'example-server', folder.path);
    await screenShows('example-server', /^on 8080$/m);
    const again = await guest.showServer(holdfast, 'example-server', folder.path);
    assert.equal(again.id, first.id);
    await viewers('example-server', 1);
  });

  it('starts and runs nothing in a folder that is not trusted, and shows what there is', async () => {
    await shell('there');
    const trusted = Object.getOwnPropertyDescriptor(workspace, 'isTrusted') ?? assert.fail();
    Object.defineProperty(workspace, 'isTrusted', { ...trusted, get: () => false });
    try {
      await assert.rejects(shell('refused'), refused('INVALID_INPUT', /not trusted/));
      await assert.rejects(holdfast.run('there', 'true'), refused('INVALID_INPUT', /not trusted/));
      assert.equal((await holdfast.attach('there')).name, 'there');
      assert.deepEqual(
        (await holdfast.list()).map(({ name }) => name),
        ['there'],
      );
    } finally {
      Object.defineProperty(workspace, 'isTrusted', trusted);
    }
    // Who asks is told, and people are not told a second time.
    assert.deepEqual(takeErrors(), []);
  });
});
