import type { TerminalMouse } from '../protocol/mouse';
import type { TerminalKey, TerminalType } from '../protocol/terminals';
import { parseKey } from '../screen/keyNames';
import type { HostCalls } from './hostCalls';
import type { Parts } from './parts';
import { requireRunning } from './reachable';
import type { ScreenAccess } from './screenAccess';
import type { Targets } from './targets';

/** Types into terminals for whoever does not view them: text, pastes, keys and the mouse, in the modes that their programs have set. */
export class Typing {
  public constructor(
    private readonly _parts: Pick<Parts, 'catalog' | 'hosts'>,
    private readonly _targets: Targets,
    private readonly _screens: ScreenAccess,
    private readonly _calls: HostCalls,
  ) {}

  public async type(params: TerminalType.Params): Promise<TerminalType.Result> {
    const row = requireRunning(this._targets.resolveTerminal(params.target), this._parts);
    const text =
      params.paste === true ? await this._screens.encodePaste(row, params.text) : Buffer.from(params.text);
    const enter = params.enter === true ? await this._screens.encodeKeys(row, ['Enter']) : [];
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
      return { bytes: await this._calls.write(row, Buffer.concat(encoded)) };
    }
    await this._screens.encodeKeys(row, keys);
    let bytes = 0;
    for (const [index, key] of keys.entries()) {
      if (index > 0) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
      // Encoded one by one: an earlier key may have changed the modes that decide about a later one.
      bytes += await this._calls.write(row, Buffer.concat(await this._screens.encodeKeys(row, [key])));
    }
    return { bytes };
  }
}
