import assert from 'node:assert/strict';
import { type Terminal, window } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { ANSWER_TIMEOUT_MS, OUTPUT_WINDOW_BYTES } from '../../extension/terminals/outputCredit';
import { PARSE_TOKEN } from '../../extension/terminals/parseTokens';
import { SessionPty } from '../../extension/terminals/sessionPty';
import { poll } from '../support/poll';
import { begin, clean, creatorIn, daemon, temporaryFolder, viewers } from './harness';

/**
 * The text stands behind everything else, as it comes from what catches the signal. CAN in front: the signal may cut a
 * colour's sequence off, which would end with the text's first letter.
 */
const FLOOD = `trap 'printf "\\030stopped-"; printf here' INT; yes "$(printf '\\033[3%dm%078d\\n' 1 2 3 4 5 6)"; read end`;
const ANSWER = /\x1b\[\?7000001;\d\$y/g;

/** A terminal of ours in VS Code, and how much of what it was written it has not answered for. */
class WatchedPty extends SessionPty {
  public written = '';
  /** The most that was on its way at once, in characters. */
  public most = 0;
  private readonly _tokens: { readonly behind: number; readonly writtenAt: number }[] = [];
  private _confirmed = 0;
  /** Whether an answer took so long that credit was given by the clock. */
  private _isLate = false;

  public constructor(info: SessionInfo) {
    super(
      {
        readOnly: false,
        isTask: false,
        pageAnswers: () => Promise.resolve(),
        connected: daemon,
        runningSize: () => undefined,
        attach: async (size) =>
          (await daemon()).attach({
            target: { text: info.id },
            flow: 'manual',
            mode: 'interactive',
            history: 1000,
            ...(size === undefined ? {} : { size }),
          }),
        usedRows: async () => undefined,
        mayBeResurrected: () => false,
        restart: async () => undefined,
        current: () => undefined,
        onDidChange: new Emitter<void>().event,
        failed: (error) => {
          throw error;
        },
      },
      'new',
    );
    this.onDidWrite((text) => this._wrote(text));
  }

  public get screens(): number {
    return this.written.split('\x1bc').length - 1;
  }

  public override handleInput(data: string): void {
    this._noteLate();
    for (const _answer of data.matchAll(ANSWER)) {
      this._confirmed = this._tokens.shift()?.behind ?? this._confirmed;
    }
    super.handleInput(data);
  }

  private _wrote(text: string): void {
    for (const { index } of text.matchAll(new RegExp(PARSE_TOKEN.replace(/[[?$]/g, '\\$&'), 'g'))) {
      this._tokens.push({ behind: this.written.length + index, writtenAt: Date.now() });
    }
    this.written += text;
    this._noteLate();
    if (!this._isLate) {
      this.most = Math.max(this.most, this.written.length - this._confirmed);
    }
  }

  private _noteLate(): void {
    const [oldest] = this._tokens;
    this._isLate ||= oldest !== undefined && Date.now() - oldest.writtenAt >= ANSWER_TIMEOUT_MS;
  }
}

describe('a flood in a terminal', () => {
  const folder = temporaryFolder();
  let tab: Terminal | undefined;

  before(begin);
  afterEach(async () => {
    tab?.dispose();
    await clean();
  });
  after(() => folder.dispose());

  it('is shown all the time, and no more of it is on its way to VS Code than the window', async () => {
    const info = await creatorIn(folder.path)('flood-shown', {
      command: ['/bin/bash', '-c', FLOOD],
      attach: false,
    });
    const pty = new WatchedPty(info);
    tab = window.createTerminal({ name: 'flood-shown', pty });
    tab.show();
    const state = (): unknown => ({ screens: pty.screens, written: pty.written.length, most: pty.most });
    await poll(() => pty.screens >= 5, { timeoutMs: 30_000, what: 'screen after screen', state });
    tab.sendText('\x03', false);
    await poll(() => pty.written.includes('stopped-here'), {
      timeoutMs: 30_000,
      what: 'Ctrl-C to act',
      state,
    });
    // Tokens are no output.
    const slack = (OUTPUT_WINDOW_BYTES / 1024) * PARSE_TOKEN.length;
    assert.ok(pty.most <= OUTPUT_WINDOW_BYTES + slack, `${pty.most} characters were on their way`);
    tab.dispose();
    await viewers('flood-shown', 0);
  });
});
