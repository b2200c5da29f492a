import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { QueryFilter } from './queryFilter';
import { MAX_HELD_BYTES } from './sequenceVerdict';

const ST = '\x1b\\';
/** Ways to ask for the clipboard that an emulator understands: what follows the value is ignored, leading zeros mean nothing. */
const READS: Readonly<Record<string, string>> = {
  'as it is written': `\x1b]52;c;?${ST}`,
  'with a value behind it': `\x1b]52;c;?;x${ST}`,
  'with a long value behind it': `\x1b]52;c;?;${'x'.repeat(2 * MAX_HELD_BYTES)}${ST}`,
  'with a long name': `\x1b]52;${'c'.repeat(2 * MAX_HELD_BYTES)};?${ST}`,
  'with leading zeros': `\x1b]00000000000052;c;?${ST}`,
  'with many leading zeros': `\x1b]${'0'.repeat(2 * MAX_HELD_BYTES)}52;c;?${ST}`,
  'with controls in it': `\x1b]5\x012;c\x1c;\x01?\x1c${ST}`,
  'ended by BEL': '\x1b]52;p;?\x07',
  'in 8 bits': '\u009d52;c;?\u009c',
  'broken off by another sequence': '\x1b]52;c;?;\x1b[m',
};

/** Does what @xterm/addon-clipboard, which VS Code's terminal has, does with OSC 52. */
class Clipboard {
  public reads = 0;
  public readonly written: string[] = [];
  public readonly terminal = new Terminal({ allowProposedApi: true, logLevel: 'off' });

  public constructor() {
    this.terminal.parser.registerOscHandler(52, (payload) => {
      const [, value] = payload.split(';');
      if (value === '?') {
        this.reads += 1;
      } else if (value !== undefined) {
        this.written.push(Buffer.from(value, 'base64').toString());
      }
      return true;
    });
  }

  public write(data: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.terminal.write(data, resolve));
  }
}

const filtered = (bytes: Buffer, size = bytes.length): Buffer => {
  const filter = new QueryFilter();
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    parts.push(Buffer.from(filter.push(bytes.subarray(at, at + size))));
  }
  return Buffer.concat([...parts, filter.flush()]);
};

describe('a program that asks for the clipboard', () => {
  for (const [how, query] of Object.entries(READS)) {
    it(`does not reach the emulator: ${how}`, async () => {
      const clipboard = new Clipboard();
      for (const size of [undefined, 1, 1000]) {
        await clipboard.write(filtered(Buffer.from(query), size));
        // CAN: no string stays open for the next one.
        await clipboard.write('\x18');
      }
      clipboard.terminal.dispose();
      assert.equal(clipboard.reads, 0);
    });
  }

  it('does not reach the emulator whatever it writes', async () => {
    const clipboard = new Clipboard();
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...Object.values(READS)) },
      {
        weight: 8,
        arbitrary: fc
          .array(
            fc.constantFrom(
              ...[
                '\x1b',
                ']',
                '5',
                '2',
                '52',
                '0',
                ';',
                'c',
                '?',
                '\\',
                '\x07',
                '\x18',
                '\x01',
                '\x1c',
                '\u009d',
              ],
              ...['\u009c', '\u0085', ST, '\x1b]52', '[', 'P', '\x7f', 'x'.repeat(MAX_HELD_BYTES)],
            ),
            { maxLength: 14 },
          )
          .map((parts) => parts.join('')),
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 4 }),
        fc.constantFrom(97, 1000, 5000),
        async (parts, size) => {
          await clipboard.write(filtered(Buffer.from(parts.join('')), size));
          await clipboard.write('\x18');
          const { reads } = clipboard;
          clipboard.reads = 0;
          assert.equal(reads, 0);
        },
      ),
      { numRuns: 200 },
    );
    clipboard.terminal.dispose();
  });

  it('may still write to it, as in a terminal of VS Code’s own', async () => {
    const clipboard = new Clipboard();
    const long = 'x'.repeat(3 * MAX_HELD_BYTES);
    for (const text of ['copied', long]) {
      await clipboard.write(
        filtered(Buffer.from(`\x1b]52;c;${Buffer.from(text).toString('base64')}${ST}`), 1000),
      );
    }
    clipboard.terminal.dispose();
    assert.deepEqual(clipboard.written, ['copied', long]);
    assert.equal(clipboard.reads, 0);
  });
});
