import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDetachKey } from './chord';
import { DETACH_WINDOW_MS, Keyboard, PARTIAL_SEQUENCE_MS } from './keyboard';

const ESC = '\x1b';

class Recorder {
  public sent = '';
  public detached = 0;
  public send(data: Buffer): void {
    this.sent += data.toString('latin1');
  }
  public detach(): void {
    this.detached++;
  }
}

const keyboard = (key = 'Ctrl-\\'): { readonly sink: Recorder; readonly keys: Keyboard } => {
  const sink = new Recorder();
  return { sink, keys: new Keyboard(sink, parseDetachKey(key)) };
};

const typed = (chunks: readonly string[], key?: string): Recorder => {
  const { sink, keys } = keyboard(key);
  for (const chunk of chunks) {
    keys.push(Buffer.from(chunk, 'latin1'));
  }
  keys.dispose();
  return sink;
};

/** Polls until it holds; the deadline is the test's. */
const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, 'it never held');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const ENCODINGS: Readonly<Record<string, string>> = {
  'the control character': '\x1c',
  'kitty CSI u': `${ESC}[92;5u`,
  'kitty CSI u with the press event': `${ESC}[92;5:1u`,
  'kitty CSI u with alternates and text': `${ESC}[92:124:92;5;28u`,
  'kitty CSI u of another layout, found by its base key': `${ESC}[1093::92;5u`,
  'kitty CSI u with Num Lock and Caps Lock': `${ESC}[92;197u`,
  modifyOtherKeys: `${ESC}[27;5;92~`,
  'win32-input-mode': `${ESC}[220;43;28;1;8;1_`,
};

describe('the detach key, pressed twice', () => {
  for (const [name, press] of Object.entries(ENCODINGS)) {
    test(`detaches in ${name}, in one read or two, and nothing of it reaches the program`, () => {
      for (const chunks of [[press + press], [press, press], [`ls${press}`, press]]) {
        const sink = typed(chunks);
        assert.equal(sink.detached, 1);
        assert.equal(sink.sent, chunks[0]?.startsWith('ls') === true ? 'ls' : '');
      }
    });

    test(`detaches in ${name} wherever the reads are cut`, () => {
      const both = press + press;
      for (let cut = 1; cut < both.length; cut++) {
        const sink = typed([both.slice(0, cut), both.slice(cut)]);
        assert.equal(sink.detached, 1, `cut at ${cut}`);
      }
    });
  }

  test('detaches when the two presses come in different encodings', () => {
    assert.equal(typed(['\x1c', `${ESC}[92;5u`]).detached, 1);
  });

  test('detaches although releases and modifier keys are reported in between', () => {
    const down = `${ESC}[57442;5u`;
    const up = `${ESC}[57442;1:3u`;
    const release = `${ESC}[92;5:3u`;
    const sink = typed([down, `${ESC}[92;5:1u`, release, up, down, `${ESC}[92;5:1u`]);
    assert.equal(sink.detached, 1);
    assert.equal(sink.sent, down);
  });

  test('does not detach by one press and its release', () => {
    assert.equal(typed([`${ESC}[92;5:1u`, `${ESC}[92;5:3u`]).detached, 0);
  });

  test('does not detach with another key in between, and passes all on in order', () => {
    const sink = typed(['\x1c', 'a', '\x1c', 'b']);
    assert.equal(sink.detached, 0);
    assert.equal(sink.sent, '\x1ca\x1cb');
  });

  test('takes no other chord for it', () => {
    const others = [`${ESC}[92;7u`, `${ESC}[92;1u`, `${ESC}[124;5u`, `${ESC}[27;3;92~`, `${ESC}\x1c`, '\x1d'];
    for (const other of others) {
      const sink = typed([other + other, 'x']);
      assert.equal(sink.detached, 0, JSON.stringify(other));
      assert.equal(sink.sent, `${other}${other}x`);
    }
  });
});

describe('inside a paste', () => {
  const paste = `${ESC}[200~a\x1c\x1cb${ESC}[92;5u${ESC}[92;5u${ESC}[201~`;

  test('the detach key is text, wherever the reads are cut', () => {
    for (let cut = 1; cut < paste.length; cut++) {
      const sink = typed([paste.slice(0, cut), paste.slice(cut)]);
      assert.equal(sink.detached, 0, `cut at ${cut}`);
      assert.equal(sink.sent, paste);
    }
  });

  test('byte by byte too, and behind the paste the key works again', () => {
    const sink = typed([...paste, '\x1c\x1c']);
    assert.equal(sink.detached, 1);
    assert.equal(sink.sent, paste);
  });

  test('its end is recognised however late the rest of it comes', async () => {
    const { sink, keys } = keyboard();
    keys.push(Buffer.from(`${ESC}[200~text${ESC}[20`));
    await until(() => sink.sent.endsWith('[20'));
    keys.push(Buffer.from('1~'));
    keys.push(Buffer.from('\x1c\x1c'));
    assert.equal(sink.detached, 1);
    assert.equal(sink.sent, `${ESC}[200~text${ESC}[201~`);
  });

  test('a paste without brackets does not detach: more follows in the same read', () => {
    const sink = typed(['one\x1c\x1ctwo']);
    assert.equal(sink.detached, 0);
    assert.equal(sink.sent, 'one\x1c\x1ctwo');
  });
});

describe('everything else', () => {
  test('passes at once and unchanged', () => {
    const texts = [
      'a',
      ESC,
      `${ESC}[A`,
      `${ESC}OP`,
      `${ESC}[<35;40;20M`,
      'é€😀',
      `${ESC}${ESC}[A`,
      '\x00\x03\x1a',
    ];
    for (const text of texts) {
      const { sink, keys } = keyboard();
      const bytes = Buffer.from(text, 'utf8');
      keys.push(bytes);
      assert.equal(sink.sent, bytes.toString('latin1'));
      keys.dispose();
    }
  });

  test('passes unchanged wherever the reads are cut', () => {
    const text = `vi${ESC}[A${ESC}OP${ESC}[<35;40;20M${ESC}x${ESC}[1;5C\x1cq${ESC}[200~p${ESC}[201~z`;
    for (let cut = 1; cut < text.length; cut++) {
      assert.equal(typed([text.slice(0, cut), text.slice(cut)]).sent, text, `cut at ${cut}`);
    }
  });

  test('one press reaches the program after a moment', async () => {
    const { sink, keys } = keyboard();
    const started = Date.now();
    keys.push(Buffer.from('\x1c'));
    assert.equal(sink.sent, '');
    await until(() => sink.sent === '\x1c');
    assert.ok(Date.now() - started >= DETACH_WINDOW_MS - 50);
    keys.push(Buffer.from('\x1c'));
    assert.equal(sink.detached, 0);
    keys.dispose();
  });

  test('half a sequence reaches the program when its rest does not come', async () => {
    const { sink, keys } = keyboard();
    keys.push(Buffer.from(`${ESC}[9`));
    assert.equal(sink.sent, '');
    await until(() => sink.sent === `${ESC}[9`);
    keys.dispose();
    assert.ok(PARTIAL_SEQUENCE_MS < DETACH_WINDOW_MS);
  });

  test("with 'none' every byte is the program's", () => {
    const sink = typed(['\x1c\x1c\x1c'], 'none');
    assert.equal(sink.detached, 0);
    assert.equal(sink.sent, '\x1c\x1c\x1c');
  });

  test('another key can be chosen, in each way people write it', () => {
    for (const name of ['Ctrl+A', 'ctrl-a', '^a', 'C-a']) {
      assert.equal(typed(['\x01\x01'], name).detached, 1);
      assert.equal(typed(['\x1c\x1c', 'x'], name).detached, 0);
      assert.equal(typed([`${ESC}[97;5u`, `${ESC}[97;5u`], name).detached, 1);
    }
    assert.equal(typed([`${ESC}[45;6u${ESC}[27;6;95~`], 'Ctrl-_').detached, 1);
    assert.equal(typed(['\x00\x00'], 'Ctrl+Space').detached, 1);
  });

  test('a key that cannot be it is refused with a suggestion', () => {
    for (const name of ['x', 'Ctrl+Enter', 'Ctrl+I', 'Ctrl+[', '', 'Alt+A', 'Ctrl+é']) {
      assert.throws(() => parseDetachKey(name), { code: 'INVALID_INPUT' });
    }
  });
});
