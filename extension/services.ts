import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { ConnectOptions } from '../daemon/client';
import type { DaemonLink } from './daemonLink';
import type { DifferencesDocument } from './environment/differencesDocument';
import type { TerminalEnvironment } from './environment/terminalEnvironment';
import type { Notices } from './notices';
import type { PageWatch } from './pageWatch';
import type { Peek } from './peek/peek';
import type { CommandShim } from './shim/commandShim';
import type { OpenTerminals } from './terminals/openTerminals';
import type { SessionTree } from './tree/sessionTree';

/** What commands work with; composed once, in extension.ts. */
export interface Services {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly notices: Notices;
  readonly connectOptions: ConnectOptions;
  /** The daemon's data folder. */
  readonly dataDir: string;
  readonly link: DaemonLink;
  readonly page: PageWatch;
  readonly open: OpenTerminals;
  readonly peek: Peek;
  readonly tree: SessionTree;
  readonly shim: CommandShim;
  readonly environment: TerminalEnvironment;
  readonly differences: DifferencesDocument;
}
