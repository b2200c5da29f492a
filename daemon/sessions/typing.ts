import type { TerminalMouse } from '../protocol/mouse';
import type { TerminalKey, TerminalType } from '../protocol/terminals';
import { Modifier, parseKey } from '../screen/keyNames';
import type { TerminalRow } from '../store/rows';
import type { CommandLog } from './commandLog';
import type { HostCalls } from './hostCalls';
import type { Parts } from './parts';
import { requireRunning } from './reachable';
import type { ScreenAccess } from './screenAccess';
import type { Targets } from './targets';
import type { TypedLog } from './waiting/typedLog';

/** Types into terminals for whoever does not view them: text, pastes, keys and the mouse, in the modes that their programs have set. */
export class Typing {
  public constructor(
    private readonly _parts: Pick<Parts, 'catalog' | 'hosts'>,
    private readonly _targets: Targets,
    private readonly _screens: ScreenAccess,
    private readonly _calls: HostCalls,
    private readonly _typed: TypedLog,
    private readonly _commands: Pick<CommandLog, 'endedUpTo'>,
  ) {}

  public async type(params: TerminalType.Params): Promise<TerminalType.Result> {
    const row = requireRunning(this._targets.resolveTerminal(params.target), this._parts);
    const text =
      params.paste === true ? await this._screens.encodePaste(row, params.text) : Buffer.from(params.text);
    const enter = params.enter === true ? await this._screens.encodeKeys(row, ['Enter']) : [];
    await this._note(row, params.enter === true ? `${params.text}\r` : params.text);
    return { bytes: await this._calls.write(row, Buffer.concat([text, ...enter])) };
  }

  public async mouse({ target, ...gesture }: TerminalMouse.Params): Promise<TerminalMouse.Result> {
    const row = requireRunning(this._targets.resolveTerminal(target), this._parts);
    const { bytes, place } = await this._screens.encodeMouse(row, gesture);
    await this._calls.write(row, bytes);
    return place;
  }

  public async key({ target, keys, delayMs }: TerminalKey.Params): Promise<TerminalKey.Result> {
    // What is no key is none in any terminal, whatever its state.
    keys.forEach(parseKey);
    const row = requireRunning(this._targets.resolveTerminal(target), this._parts);
    if (delayMs === undefined || delayMs === 0) {
      const encoded = await this._screens.encodeKeys(row, keys);
      await this._note(row, keys.map(typedBy).join(''));
      return { bytes: await this._calls.write(row, Buffer.concat(encoded)) };
    }
    await this._screens.encodeKeys(row, keys);
    let bytes = 0;
    for (const [index, key] of keys.entries()) {
      if (index > 0) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
      // Encoded one by one: an earlier key may have changed the modes that decide about a later one.
      const encoded = await this._screens.encodeKeys(row, [key]);
      await this._note(row, typedBy(key));
      bytes += await this._calls.write(row, Buffer.concat(encoded));
    }
    return { bytes };
  }

  /** Before it is typed: who waits for what comes of it needs to know what was there. */
  private async _note(row: TerminalRow, text: string): Promise<void> {
    this._typed.note(row.id, {
      offset: await this._calls.sync(row),
      // A secret is shown by nobody, and kept nowhere.
      text: this._parts.catalog.live(row.id).waiting === 'password' ? '' : text,
      enters: /[\r\n]/.test(text),
      command: this._commands.endedUpTo(row.id),
    });
  }
}

/** What a key types, as far as it is shown where it is typed. */
const typedBy = (text: string): string => {
  const key = parseKey(text);
  if (key.kind === 'named') {
    return key.name === 'Enter' ? '\r' : key.name === 'Space' ? ' ' : '';
  }
  return (key.modifiers & ~Modifier.SHIFT) === 0 ? key.character : '';
};
