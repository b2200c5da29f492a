import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { stopDaemon } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionList } from '../../daemon/protocol/sessions';
import { Place, startProgram, until } from './clientFixture';

describe('the client library', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.leave());

  describe('a daemon that dies', () => {
    it('takes no keystroke with it, and is back for the next call', async () => {
      const connection = await place.connection();
      const states: string[] = [];
      connection.onDidChangeState((state) => states.push(state));
      const { sessions } = await connection.subscribe({ sessions: true });
      assert.equal(sessions.length, 0);
      const session = await startProgram(connection);
      const screen = await place.attach(connection, session);
      screen.attachment.write('V=$((40+2))\r');
      const seen: string[] = [];
      connection.onSessionsChanged(({ changed }) => seen.push(...changed.map(({ id }) => id)));

      process.kill(connection.endpoint?.pid ?? 0, 'SIGKILL');
      screen.attachment.write('echo "V is <$V>"\r');
      await screen.shows('V is <42>');
      assert.equal((await connection.call(SessionList.type, {})).sessions[0]?.id, session);
      assert.deepEqual(states, ['connecting', 'connected']);
      assert.ok(seen.includes(session), 'what was subscribed is told again');
      assert.equal(screen.attachment.state, 'live');
    });

    it('is not started again by a connection alone', async () => {
      const connection = await place.connection();
      await stopDaemon(place.options, 'force');
      await until('the connection knows', () => connection.state === 'connecting');
      assert.equal(place.daemons().length, 0);
      await connection.call(DaemonStatus.type, {});
      assert.equal(place.daemons().length, 1);
    });
  });

  describe('an attachment', () => {
    it('leaves no question in the output, and the program has one answer', async () => {
      const connection = await place.connection();
      const session = await startProgram(connection);
      const screen = await place.attach(connection, session);
      screen.attachment.write(
        "IFS= read -rs -d c -p $'\\e[c' a; printf '<%q>\\n' \"$a\"; echo no-$((1+1))-more\r",
      );
      await screen.shows('no-2-more');
      assert.match(screen.text, /<\$'\\E\[\?[0-9;]*'>\r\nno-2-more\r\n/);
      assert.doesNotMatch(screen.text, /\x1b\[c/);
    });

    it('to an ended terminal gives its last screen and how it ended', async () => {
      const connection = await place.connection();
      const session = await startProgram(connection, 'sh', '-c', 'echo last words; exit 4');
      await until(
        'it has ended',
        async () => (await connection.call(SessionList.type, { all: true })).sessions[0]?.state === 'exited',
      );
      const screen = await place.attach(connection, session);
      await until('it ends', () => screen.end !== undefined);
      assert.match(screen.text, /last words/);
      assert.equal(screen.end, 'exit 4 null');
    });

    it('ends when its terminal is known to have died with the PTY host', async () => {
      const connection = await place.connection();
      const session = await startProgram(connection);
      const screen = await place.attach(connection, session);
      const { ptyHostPid } = await connection.call(DaemonStatus.type, {});
      process.kill(ptyHostPid ?? 0, 'SIGKILL');
      await until('it ends', () => screen.end !== undefined);
      assert.equal(screen.end, 'gone');
      assert.equal((await connection.call(SessionList.type, {})).sessions[0]?.state, 'lost');
    });

    it('tells when its PTY host hangs, and goes on with it', {
      skip: process.platform === 'win32',
    }, async () => {
      const connection = await place.connection();
      const session = await startProgram(connection);
      const screen = await place.attach(connection, session);
      const { attachment } = screen;
      const told: boolean[] = [];
      attachment.onDidChangeReachable((isReachable) => told.push(isReachable));
      const { ptyHostPid } = await connection.call(DaemonStatus.type, {});
      process.kill(ptyHostPid ?? 0, 'SIGSTOP');
      try {
        await until('it is told', () => !attachment.isReachable, 30_000);
        assert.equal(attachment.state, 'live');
        assert.equal(attachment.write('echo still-$((1+1))-here\r'), true);
      } finally {
        process.kill(ptyHostPid ?? 0, 'SIGCONT');
      }
      await screen.shows('still-2-here');
      await until('it goes on', () => attachment.isReachable);
      assert.deepEqual(told.slice(0, 2), [false, true]);
    });

    it('tells every viewer the size in force', async () => {
      const connection = await place.connection();
      const session = await startProgram(connection);
      const screen = await place.attach(connection, session);
      const sizes: string[] = [];
      screen.attachment.onResize(({ cols, rows }) => sizes.push(`${cols}x${rows}`));
      const other = await place.attach(connection, session, { size: { cols: 100, rows: 30 } });
      await until('the first viewer knows', () => sizes.includes('100x30'));
      screen.attachment.focus();
      await until('the first viewer is in force again', () => sizes.at(-1) === '80x24');
      other.attachment.detach();
      assert.equal(other.end, 'requested');
    });

    it('that reads nothing is shown fresh screens and ends with the exact state', async () => {
      const connection = await place.connection();
      const session = await startProgram(connection);
      const screen = await place.attach(connection, session, { flow: 'manual' });
      let unread = 0;
      screen.attachment.onData((data) => {
        unread += data.length;
      });
      screen.attachment.write('seq 2000000; echo the-$((1+1))-end\r');
      await until('it has fallen behind', () => screen.attachment.state === 'catching-up');
      assert.ok(unread < 2 * 1024 * 1024, `${unread} bytes wait`);
      const reader = setInterval(() => {
        screen.attachment.acknowledge(unread);
        unread = 0;
      }, 5);
      try {
        await screen.shows('the-2-end');
        await until('it is live again', () => screen.attachment.state === 'live');
        screen.attachment.write('echo live-$((1+1))\r');
        await screen.shows('live-2');
      } finally {
        clearInterval(reader);
      }
      assert.ok(screen.text.includes('\x1bc'), 'a screen begins with a reset');
      assert.ok(screen.text.length < 14_000_000, `${screen.text.length} of 15 MB were spared`);
    });
  });
});
