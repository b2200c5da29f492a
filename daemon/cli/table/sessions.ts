import { MAX_COLS, MAX_ROWS, MIN_COLS, MIN_ROWS } from '../../protocol/model';
import { COLOR_WORDS, parseColor, parseIcon } from '../arguments/appearance';
import { choice } from '../arguments/choice';
import { parseDuration } from '../arguments/duration';
import { parseVariable } from '../arguments/environment';
import { integer } from '../arguments/integer';
import { invalid } from '../arguments/invalid';
import { parseSignal } from '../arguments/signal';
import { type CommandSpec, EXPLICIT_TARGET, type OptionSpec, TARGET } from './spec';

const GROUP = 'Sessions:';
const POLICIES = ['never', 'ask', 'shell', 'program'] as const;
export const STATES = ['running', 'exited', 'lost', 'unreachable'] as const;

const CWD: OptionSpec = {
  flags: '--cwd <folder>',
  description: 'the folder the program starts in; this one unless given',
  completion: 'folder',
};
const ENV: OptionSpec = {
  flags: '--env <name=value>',
  description: 'an environment variable for the program; may be repeated',
  parse: parseVariable,
  repeat: true,
};
const SESSION_GROUP: OptionSpec = { flags: '--group <group>', description: 'the group it is listed in' };
const TAG: OptionSpec = { flags: '--tag <tag>', description: 'a tag; may be repeated', repeat: true };
const NEW_TAG: OptionSpec = {
  ...TAG,
  parse: (text) => {
    if (text === '') {
      throw invalid('--tag is empty', 'Give the tag a text, or leave --tag out.');
    }
    return text;
  },
};
const NO_SHELL_INTEGRATION: OptionSpec = {
  flags: '--no-shell-integration',
  description: 'start a shell without the script that tells where its commands begin and end',
};
const NOTE: OptionSpec = { flags: '--note <text>', description: 'a note for people' };
const ICON: OptionSpec = {
  flags: '--icon <id>',
  description: "the icon it has in the editor: the id of one of VS Code's, such as rocket",
  parse: parseIcon,
};
const COLOR: OptionSpec = {
  flags: '--color <color>',
  description: `the colour it has in the editor: ${COLOR_WORDS.join(', ')}, as the theme shows them`,
  parse: parseColor,
  completion: COLOR_WORDS,
};

export const sessionCommands: readonly CommandSpec[] = [
  {
    name: 'new',
    group: GROUP,
    summary: 'create a session',
    description:
      'Creates a session and starts a program in its terminal "main": your login shell, unless a program ' +
      'is given behind "--". The session goes on when this shell, its window or the editor closes. Without ' +
      'a name it gets the name of its folder.',
    arguments: [{ name: 'NAME', description: 'letters, digits, "_", "." and "-"', optional: true }],
    options: [
      CWD,
      ENV,
      {
        flags: '--cols <n>',
        description: "width in columns; 80 unless given, with -a this terminal's",
        parse: integer('--cols', MIN_COLS, MAX_COLS),
      },
      {
        flags: '--rows <n>',
        description: "height in rows; 24 unless given, with -a this terminal's",
        parse: integer('--rows', MIN_ROWS, MAX_ROWS),
      },
      SESSION_GROUP,
      NEW_TAG,
      NOTE,
      ICON,
      COLOR,
      {
        flags: '--ephemeral',
        description:
          'end it 60 seconds after its last viewer has left; one that nobody has attached yet stays: --ttl bounds it',
      },
      {
        flags: '--ttl <time>',
        description: 'end it after this time, such as 90s, 5m or 2h; a bare number is milliseconds',
        parse: parseDuration,
      },
      {
        flags: '--ensure',
        description: 'use the session of that name if there is one; start it again if it ended',
      },
      NO_SHELL_INTEGRATION,
      { flags: '-a, --attach', description: 'show it in this terminal at once' },
    ],
    takesProgram: true,
    examples: [
      { line: 'holdfast new build -- npm run watch', does: 'a session "build" that runs a watcher' },
      { line: 'holdfast new -a', does: 'a shell in this folder, shown here' },
      {
        line: 'holdfast new db --ensure --group servers -- postgres -D data',
        does: 'start it unless it runs',
      },
    ],
    load: () => import('../commands/new'),
  },
  {
    name: 'spawn',
    group: GROUP,
    summary: 'start another terminal in a session',
    description:
      'Starts another terminal in a running session, with your login shell or the program behind "--".',
    arguments: [TARGET],
    options: [
      { flags: '--name <name>', description: "the terminal's name; its program's unless given" },
      CWD,
      ENV,
      NO_SHELL_INTEGRATION,
    ],
    takesProgram: true,
    examples: [
      { line: 'holdfast spawn build --name logs -- tail -f build.log', does: 'a second terminal, "logs"' },
    ],
    load: () => import('../commands/spawn'),
  },
  {
    name: 'ls',
    alias: 'list-sessions',
    group: GROUP,
    summary: 'list sessions',
    description:
      'Lists the sessions that are running, lost or unreachable; with --all those that ended, too.',
    arguments: [],
    options: [
      {
        flags: '--filter <text>',
        description: 'only those with this text in name, group, tag, folder or command',
      },
      { flags: '--group <group>', description: 'only those of this group' },
      {
        flags: '--state <state>',
        description: `only those in this state: ${STATES.join(', ')}`,
        parse: choice('--state', STATES),
        completion: STATES,
      },
      { flags: '--all', description: 'ended ones too' },
    ],
    onlyReads: true,
    examples: [
      { line: 'holdfast ls', does: 'what is running' },
      { line: 'holdfast ls --all --json | jq -r ".sessions[].name"', does: 'every name, for a script' },
    ],
    load: () => import('../commands/list'),
  },
  {
    name: 'show',
    alias: 'status',
    group: GROUP,
    summary: 'show one session or terminal',
    description: 'Shows a session, or with SESSION:TERMINAL one terminal, with its viewers and what it uses.',
    arguments: [TARGET],
    options: [],
    onlyReads: true,
    examples: [{ line: 'holdfast show build', does: 'state, terminals, viewers, memory' }],
    load: () => import('../commands/show'),
  },
  {
    name: 'attach',
    group: GROUP,
    summary: 'show a session in this terminal',
    description:
      'Shows a session here, as it stands, until you detach or its program ends. Ctrl-\\ pressed twice ' +
      'detaches; pressed once it reaches the program after half a second. The exit status is 0 after ' +
      "detaching, else the program's own (128 and the signal's number when a signal ended it).",
    arguments: [TARGET],
    options: [
      { flags: '--read-only', description: 'only look: no key reaches the program, its size stays' },
      { flags: '--take-over', description: 'send every other viewer away first' },
      { flags: '--smallest', description: 'give the session the smallest size of all its viewers meanwhile' },
      {
        flags: '--history <n>',
        description: 'rows of scrollback to show above the screen',
        parse: integer('--history', 0, 1_000_000),
      },
      {
        flags: '--detach-key <key>',
        description: 'a Ctrl chord that detaches when pressed twice, or "none"; Ctrl-\\ unless given',
      },
    ],
    examples: [
      { line: 'holdfast attach build', does: 'show "build" here' },
      { line: 'holdfast attach build:logs --read-only', does: 'watch its terminal "logs"' },
      { line: 'holdfast attach --detach-key Ctrl-A', does: 'the session used last; Ctrl-A twice detaches' },
    ],
    load: () => import('../commands/attach'),
  },
  {
    name: 'detach',
    group: GROUP,
    summary: 'send viewers away',
    description: 'Sends away who is attached. Programs go on.',
    arguments: [TARGET],
    options: [
      { flags: '--viewer <id>', description: 'only this viewer; "show" lists their ids' },
      { flags: '--all', description: 'the viewers of all sessions' },
    ],
    examples: [
      { line: 'holdfast detach build', does: 'close every view of "build"' },
      { line: 'holdfast detach --all', does: 'close every view there is' },
    ],
    load: () => import('../commands/detach'),
  },
  {
    name: 'rename',
    group: GROUP,
    summary: 'rename a session or terminal',
    description: 'Gives a session, or with SESSION:TERMINAL one terminal, another name. Its id stays.',
    arguments: [TARGET, { name: 'NAME', description: 'letters, digits, "_", "." and "-"' }],
    options: [],
    examples: [{ line: 'holdfast rename build release-build', does: 'the session has another name' }],
    load: () => import('../commands/rename'),
  },
  {
    name: 'set',
    group: GROUP,
    summary: 'change group, tags, note, icon, pin, notifications or what a loss means',
    description:
      'Changes what is known about a session. An empty text removes group, note, icon, colour or tags.',
    arguments: [TARGET],
    options: [
      SESSION_GROUP,
      { ...TAG, description: 'a tag; may be repeated, and replaces the tags it has' },
      NOTE,
      ICON,
      COLOR,
      { flags: '--pin', description: 'keep it at the top' },
      { flags: '--no-pin', description: 'keep it there no longer' },
      { flags: '--quiet', description: 'no notification in the editor when it wants somebody to look' },
      { flags: '--no-quiet', description: 'notifications again' },
      {
        flags: '--resurrect <policy>',
        description:
          'what comes after a reboot: never (nothing), ask (you are asked; so it is unless set), shell (a shell, ' +
          'by itself), program (the program that ran, by itself)',
        parse: choice('--resurrect', POLICIES),
        completion: POLICIES,
      },
    ],
    examples: [
      { line: 'holdfast set build --group ci --tag nightly --pin', does: 'group, one tag, pinned' },
      { line: "holdfast set build --note ''", does: 'remove the note' },
      { line: 'holdfast set build --icon rocket --color green', does: 'told from others at a glance' },
      { line: 'holdfast set api --resurrect program', does: 'run its program again after a reboot' },
    ],
    load: () => import('../commands/set'),
  },
  {
    name: 'kill',
    group: GROUP,
    summary: "end a session's programs",
    description:
      'Ends the programs of a session, or of one terminal, and everything they started there: SIGHUP, then ' +
      'SIGTERM, then SIGKILL. The last screen and the history stay until "rm". Programs that left the session on ' +
      'purpose (setsid, daemons) are left alone. Names what survived.',
    arguments: [EXPLICIT_TARGET],
    options: [
      { flags: '--signal <signal>', description: 'the first signal; HUP unless given', parse: parseSignal },
      {
        flags: '--grace <ms>',
        description: 'milliseconds each signal is given before the next one',
        parse: integer('--grace', 0, 3_600_000),
      },
    ],
    examples: [
      { line: 'holdfast kill build', does: 'end "build"' },
      {
        line: 'holdfast kill build --signal INT --grace 5000',
        does: 'Ctrl-C first, and 5 seconds of patience',
      },
    ],
    load: () => import('../commands/kill'),
  },
  {
    name: 'rm',
    group: GROUP,
    summary: 'forget an ended session',
    description: 'Forgets a session that ended: its screen, its history, its name.',
    arguments: [EXPLICIT_TARGET],
    options: [{ flags: '--force', description: 'also one that runs or has viewers; its programs are ended' }],
    examples: [{ line: 'holdfast rm build', does: 'forget "build"' }],
    load: () => import('../commands/remove'),
  },
  {
    name: 'restart',
    group: GROUP,
    summary: 'start the same program again',
    description:
      'Starts the same program again in the same place, under the old screen; ends it first if it runs.',
    arguments: [EXPLICIT_TARGET],
    options: [],
    examples: [{ line: 'holdfast restart build', does: 'the same program, once more' }],
    load: () => import('../commands/restart'),
  },
  {
    name: 'resurrect',
    group: GROUP,
    summary: 'start a lost session again',
    description:
      'Starts a session again whose programs died with the machine (a reboot) or with the PTY host: your shell in the ' +
      'last folder, under the old screen. With --run it is the program that ran. A session is lost when "ls" says so.',
    arguments: [TARGET],
    options: [
      { flags: '--all', description: 'every lost session, but ephemeral ones and those set to "never"' },
      { flags: '--run', description: 'start the program that ran, where it was started, instead of a shell' },
    ],
    examples: [
      { line: 'holdfast resurrect build', does: 'a shell where "build" was' },
      { line: 'holdfast resurrect --all --run', does: 'everything that a reboot took, as it ran' },
    ],
    load: () => import('../commands/resurrect'),
  },
  {
    name: 'events',
    group: GROUP,
    summary: 'what happened, newest last',
    description: 'Prints what happened to sessions, newest last. With --json each line is one JSON object.',
    arguments: [],
    options: [{ flags: '--follow', description: 'go on with what happens from now, until interrupted' }],
    onlyReads: true,
    examples: [{ line: 'holdfast events --follow --json', does: 'a JSON line for each event' }],
    load: () => import('../commands/events'),
  },
];
