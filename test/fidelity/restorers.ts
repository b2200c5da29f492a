import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerializeAddon } from '@xterm/addon-serialize';
import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import { newId } from '../../daemon/platform/secrets';
import { offset, type TerminalId } from '../../daemon/protocol/ids';
import type { Size } from '../../daemon/protocol/model';
import { type Asleep, Mirror } from '../../daemon/screen/mirror';
import { type EmulatorName, EmulatorTerminal, SCROLLBACK } from './emulators';
import type { Recording } from './recording';

/** Follows a recording, and can say at any byte what another terminal must be given to show the same. */
export interface Restorer extends IDisposable {
  play(from: number, to: number): void;
  snapshot(): Buffer;
}

export type MakeRestorer = (recording: Recording, emulator: EmulatorName) => Restorer;

/** The daemon's mirror. Snapshots of one emulator must do for both. */
export const holdfast: MakeRestorer = (recording) => new MirrorRestorer(recording, 'awake');

/** The same, which before each snapshot sleeps on disk and wakes, wherever the daemon would let it. */
export const holdfastWoken: MakeRestorer = (recording) => new MirrorRestorer(recording, 'woken');

class MirrorRestorer implements Restorer {
  private readonly _folder = mkdtempSync(join(tmpdir(), 'hf-fidelity-'));
  private readonly _terminal = newId() as TerminalId;
  private _mirror: Mirror;

  public constructor(
    private readonly _recording: Recording,
    private readonly _kind: 'awake' | 'woken',
  ) {
    this._mirror = this._open();
  }

  public play(from: number, to: number): void {
    const { bytes, resizes } = this._recording;
    let at = from;
    for (const resize of resizes) {
      if (resize.offset > from && resize.offset <= to) {
        this._mirror.output(offset(at), bytes.subarray(at, resize.offset));
        this._mirror.resize(resize.size);
        at = resize.offset;
      }
    }
    this._mirror.output(offset(at), bytes.subarray(at, to));
  }

  public snapshot(): Buffer {
    if (this._kind === 'woken') {
      this._sleep();
    }
    const { snapshot, continuation } = this._mirror.snapshot(SCROLLBACK);
    return Buffer.concat([Buffer.from(snapshot), continuation]);
  }

  public dispose(): void {
    this._mirror.dispose();
    rmSync(this._folder, { recursive: true, force: true });
  }

  private _sleep(): void {
    this._mirror.writeKeyframe();
    if (this._mirror.isWholeOnDisk()) {
      const { asleep } = this._mirror;
      this._mirror.dispose();
      this._mirror = this._open(asleep);
    }
  }

  private _open(asleep?: Asleep): Mirror {
    const settings = {
      historiesFolder: this._folder,
      keyframesFolder: this._folder,
      scrollbackLimit: SCROLLBACK,
      client: { kind: 'test', version: '0', pid: process.pid },
    } as const;
    return new Mirror(this._terminal, this._recording.size, settings, asleep);
  }
}

/** xterm.js's own serializer, as VS Code's terminals use it. */
export const serializeAddon: MakeRestorer = (recording, version) => new AddonRestorer(recording, version);

class AddonRestorer implements Restorer {
  private readonly _emulator: EmulatorTerminal;
  private readonly _addon = new SerializeAddon();

  public constructor(
    private readonly _recording: Recording,
    version: EmulatorName,
  ) {
    const size: Size = _recording.size;
    this._emulator = new EmulatorTerminal(version, size);
    this._emulator.terminal.loadAddon(this._addon);
  }

  public play(from: number, to: number): void {
    this._emulator.play(this._recording, from, to);
  }

  public snapshot(): Buffer {
    return Buffer.from(this._addon.serialize());
  }

  public dispose(): void {
    this._emulator.dispose();
  }
}
