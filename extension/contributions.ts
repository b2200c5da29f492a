/**
 * Every id this extension contributes, once. contributions.test.ts checks them against package.json, so that
 * neither side can drift.
 */

export const EXTENSION_ID = 'holdfast.holdfast';
/** Shown before each command in the palette. */
export const CATEGORY = 'Holdfast';

export const ViewContainer = { HOLDFAST: 'holdfast' } as const;

export const View = { SESSIONS: 'holdfast.sessions' } as const;

/** Not localised: `terminal.integrated.defaultProfile` is matched against it. */
export const PROFILE_TITLE = 'Holdfast';
export const Profile = { SESSION: 'holdfast.session' } as const;

/** What VS Code opens where a row of the view is dropped on the editor area. */
export const CustomEditor = { DROPPED: 'holdfast.dropped' } as const;

/** Taken step by step on VS Code's own page for that; what ticks a step off is a context key. */
export const Walkthrough = { FIRST_STEPS: 'firstSteps' } as const;

export const TaskType = { HOLDFAST: 'holdfast' } as const;
/** Shown by VS Code beside the names of tasks. */
export const TASK_SOURCE = 'Holdfast';

export const Command = {
  NEW_SESSION: 'holdfast.newSession',
  NEW_SESSION_WITH: 'holdfast.newSessionWith',
  /** From the Explorer: in that folder, or that of the file. */
  NEW_SESSION_HERE: 'holdfast.newSessionHere',
  /** With the program, the folder and the group of another one. */
  DUPLICATE: 'holdfast.duplicate',
  SEND_TEXT: 'holdfast.sendText',
  RUN_SELECTION: 'holdfast.runSelection',
  RUN_FILE: 'holdfast.runFile',
  /** A click on a row of the view, or Enter. */
  OPEN: 'holdfast.open',
  /** A list to choose from, as the status bar has it. */
  SHOW_SESSIONS: 'holdfast.showSessions',
  ATTACH: 'holdfast.attach',
  /** With every terminal, where each stood. */
  ATTACH_ALL: 'holdfast.attachAll',
  ATTACH_READ_ONLY: 'holdfast.attachReadOnly',
  /** The screen in a tab of its own, without attaching. */
  PEEK: 'holdfast.peek',
  /** Escape in the view. */
  CLOSE_PEEK: 'holdfast.closePeek',
  ATTACH_IN_EDITOR: 'holdfast.attachInEditor',
  DETACH: 'holdfast.detach',
  DETACH_ALL: 'holdfast.detachAll',
  RENAME: 'holdfast.rename',
  /** As VS Code has them for its own terminals. */
  CHANGE_ICON: 'holdfast.changeIcon',
  CHANGE_COLOR: 'holdfast.changeColor',
  MOVE_TO_GROUP: 'holdfast.moveToGroup',
  MOVE_UP: 'holdfast.moveUp',
  MOVE_DOWN: 'holdfast.moveDown',
  FILTER: 'holdfast.filter',
  CLEAR_FILTER: 'holdfast.clearFilter',
  SORT: 'holdfast.sort',
  KILL: 'holdfast.kill',
  REMOVE: 'holdfast.remove',
  /** All that have ended, with a time to think better of it. */
  REMOVE_ENDED: 'holdfast.removeEnded',
  /** Delete in the view: kills what runs, removes what has ended. */
  KILL_OR_REMOVE: 'holdfast.killOrRemove',
  RESTART: 'holdfast.restart',
  /** Takes back "Don't Show for This Session". */
  SHOW_NOTIFICATIONS: 'holdfast.showNotifications',
  /** What a reboot or the death of a PTY host took. */
  RESURRECT: 'holdfast.resurrect',
  SPAWN_TERMINAL: 'holdfast.spawnTerminal',
  /** The same, beside the one that is shown. */
  SPLIT_TERMINAL: 'holdfast.splitTerminal',
  COPY_ATTACH_COMMAND: 'holdfast.copyAttachCommand',
  /** What a session's program was started with, beside what a new terminal gets. */
  SHOW_ENVIRONMENT_DIFFERENCES: 'holdfast.showEnvironmentDifferences',
  /** On that page. */
  TOGGLE_SECRET_VALUES: 'holdfast.toggleSecretValues',
  SHOW_LOG: 'holdfast.showLog',
  SHOW_DAEMON_STATUS: 'holdfast.showDaemonStatus',
  RESTART_DAEMON: 'holdfast.restartDaemon',
  KILL_ALL_DETACHED: 'holdfast.killAllDetached',
  INSTALL_COMMAND: 'holdfast.installCommand',
} as const;
export type Command = (typeof Command)[keyof typeof Command];

export const ContextKey = {
  HAS_SESSIONS: 'holdfast.hasSessions',
  /** The view shows only some of them. */
  IS_FILTERED: 'holdfast.isFiltered',
  /** `absent`, `connected` or `failed`: see DaemonLink. */
  DAEMON_STATE: 'holdfast.daemonState',
  /** A peek is open. */
  PEEKING: 'holdfast.peeking',
  /** Steps of the walkthrough are done: a terminal came back, one was left whose program goes on, the command is installed. */
  CAME_BACK: 'holdfast.cameBack',
  HAS_DETACHED: 'holdfast.hasDetached',
  COMMAND_INSTALLED: 'holdfast.commandInstalled',
} as const;
export type ContextKey = (typeof ContextKey)[keyof typeof ContextKey];

/** Settings and their types. */
export interface Settings {
  readonly 'holdfast.onTerminalClose': 'detach' | 'kill' | 'ask';
  readonly 'holdfast.restoreTerminals': boolean;
  readonly 'holdfast.scrollback': number | null;
  readonly 'holdfast.terminalSize': 'active' | 'smallest';
  readonly 'holdfast.shell.path': string | null;
  readonly 'holdfast.shell.args': readonly string[];
  readonly 'holdfast.shellIntegration.enabled': boolean;
  /** `show`: on the row and in the badge, without a notification. */
  readonly 'holdfast.attention.bell': 'notify' | 'show' | 'off';
  readonly 'holdfast.attention.command': 'notify' | 'show' | 'off';
  readonly 'holdfast.attention.failure': 'notify' | 'show' | 'off';
  readonly 'holdfast.attention.input': 'notify' | 'show' | 'off';
  readonly 'holdfast.attention.password': 'notify' | 'show' | 'off';
  /** Seconds. */
  readonly 'holdfast.attention.longCommand': number;
  /** 0: nobody is reminded. */
  readonly 'holdfast.attention.idleHours': number;
  readonly 'holdfast.daemon.runtime': string | null;
  /** The order of the sessions in the view. */
  readonly 'holdfast.view.sort': 'manual' | 'name' | 'created' | 'activity' | 'attention';
  /** Whether sessions of other folders than the window's stand below a row of their own. */
  readonly 'holdfast.view.collapseOtherFolders': boolean;
}
export type SettingName = keyof Settings;

/** Their defaults. */
export const SETTINGS: Settings = {
  'holdfast.onTerminalClose': 'detach',
  'holdfast.restoreTerminals': true,
  'holdfast.scrollback': null,
  'holdfast.terminalSize': 'active',
  'holdfast.shell.path': null,
  'holdfast.shell.args': [],
  'holdfast.shellIntegration.enabled': true,
  'holdfast.attention.bell': 'notify',
  'holdfast.attention.command': 'notify',
  'holdfast.attention.failure': 'notify',
  'holdfast.attention.input': 'notify',
  'holdfast.attention.password': 'notify',
  'holdfast.attention.longCommand': 10,
  'holdfast.attention.idleHours': 0,
  'holdfast.daemon.runtime': null,
  'holdfast.view.sort': 'manual',
  'holdfast.view.collapseOtherFolders': true,
};

/** Settings that name programs to run: only the user or the machine may say so, never a repository. */
export const MACHINE_SETTINGS: readonly SettingName[] = [
  'holdfast.shell.path',
  'holdfast.shell.args',
  'holdfast.daemon.runtime',
];

/**
 * What a tree item is and can do, as words of its `contextValue`; menus test for them with `viewItem =~ /\bword\b/`.
 * Words, not combinations, so that a new one breaks no menu.
 */
export const ItemWord = {
  GROUP: 'group',
  /** The row of the sessions of other folders. */
  ELSEWHERE: 'elsewhere',
  SESSION: 'session',
  TERMINAL: 'terminal',
  RUNNING: 'running',
  ENDED: 'ended',
  LOST: 'lost',
  UNREACHABLE: 'unreachable',
  /** This window shows it. */
  HERE: 'here',
  /** This window does not show it. */
  AWAY: 'away',
  /** Nobody is notified of it. */
  QUIET: 'quiet',
  /** It has more than one terminal. */
  SEVERAL: 'several',
} as const;
export type ItemWord = (typeof ItemWord)[keyof typeof ItemWord];

/** Keys of `globalState`. */
export const GlobalState = { DETACH_EXPLAINED: 'holdfast.detachExplained' } as const;
