import { MAX_COLS, MAX_ROWS, MIN_COLS, MIN_ROWS } from '../../protocol/model';
import { MAX_TIMES, MOUSE_ACTIONS, MOUSE_BUTTONS } from '../../protocol/mouse';
import { MAX_WAIT_MS } from '../../protocol/waits';
import { choice } from '../arguments/choice';
import { integer, parseOffset } from '../arguments/integer';
import { type CommandSpec, type OptionSpec, TARGET } from './spec';

const GROUP = 'Screens and input:';
const FORMATS = ['text', 'json', 'ansi', 'html', 'svg'] as const;

const MOUSE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--button <button>',
    description: `${MOUSE_BUTTONS.join(', ')}; left unless given, and none for a move`,
    parse: choice('--button', MOUSE_BUTTONS),
    completion: MOUSE_BUTTONS,
  },
  {
    flags: '--times <n>',
    description: 'how often to click or scroll; 2 is a double click',
    parse: integer('--times', 1, MAX_TIMES),
  },
  { flags: '--ctrl', description: 'with Ctrl held down' },
  { flags: '--alt', description: 'with Alt held down' },
  { flags: '--shift', description: 'with Shift held down' },
];

export const terminalCommands: readonly CommandSpec[] = [
  {
    name: 'snapshot',
    group: GROUP,
    summary: 'print the screen',
    description:
      'Prints the screen as it stands, with everything the program had written when the call came in. As ' +
      'text, rows are trimmed on the right.',
    arguments: [TARGET],
    options: [
      {
        flags: '--format <format>',
        description: 'text, json, ansi (with colours, as escape sequences), html or svg; text unless given',
        parse: choice('--format', FORMATS),
        completion: FORMATS,
      },
      {
        flags: '--scrollback <n>',
        description: 'also up to this many rows from above the screen',
        parse: integer('--scrollback', 0, 10_000_000),
      },
      {
        flags: '--styles',
        description: 'with json: colours and attributes of what is not in the default look',
      },
      {
        flags: '--since <rev>',
        description: 'first wait until something visible has changed since this revision',
      },
      {
        flags: '--settle <ms>',
        description: 'first wait until nothing visible has changed for so long',
        parse: integer('--settle', 1, MAX_WAIT_MS),
      },
      {
        flags: '--timeout <ms>',
        description: 'wait no longer than this; 30000 unless given',
        parse: integer('--timeout', 0, MAX_WAIT_MS),
      },
    ],
    onlyReads: true,
    examples: [
      { line: 'holdfast snapshot build', does: 'the screen as text' },
      { line: 'holdfast snapshot editor --settle 200', does: 'once it has been drawn' },
      {
        line: 'holdfast snapshot build --format json --scrollback 100',
        does: 'with cursor, modes and 100 rows above',
      },
      { line: 'holdfast snapshot build --format svg > build.svg', does: 'a picture of the screen' },
    ],
    load: () => import('../commands/snapshot'),
  },
  {
    name: 'wait',
    alias: 'wait-for',
    group: GROUP,
    summary: 'wait for something to show or to happen',
    description:
      'Waits for the first of several conditions. Text that is on the screen already counts, and what scrolls away meanwhile, unless ' +
      '--since names a revision: then only what is new counts, and not the echo of what was typed since. Ends at once when the ' +
      'program does. Exit status: 0 a condition was met, 4 the program ended, 3 the time was over.',
    arguments: [TARGET],
    options: [
      { flags: '--text <text>', description: 'a text within a line', repeat: true },
      { flags: '--regex <regex>', description: 'a regular expression (RE2)', repeat: true },
      { flags: '--gone <text>', description: 'a text that is not on the screen', repeat: true },
      { flags: '--change <rev>', description: 'anything visible, since this revision' },
      {
        flags: '--idle <ms>',
        description: 'the program writes nothing for so long',
        parse: integer('--idle', 1, MAX_WAIT_MS),
      },
      {
        flags: '--settle <ms>',
        description: 'nothing visible changes for so long',
        parse: integer('--settle', 1, MAX_WAIT_MS),
      },
      { flags: '--prompt', description: 'the shell is at its prompt (with shell integration)' },
      { flags: '--command', description: 'a command has ended (with shell integration)' },
      { flags: '--exit', description: 'the program ends' },
      { flags: '--bell', description: 'it rings' },
      { flags: '--input', description: 'it waits for a line or a password (Linux)' },
      { flags: '--since <rev>', description: 'only what is new since this revision' },
      {
        flags: '--timeout <ms>',
        description: 'no longer than this; 30000 unless given',
        parse: integer('--timeout', 0, MAX_WAIT_MS),
      },
    ],
    onlyReads: true,
    examples: [
      { line: "holdfast wait server --text 'listening on' --exit", does: 'until it is up, or has failed' },
      { line: 'holdfast wait build --command --timeout 600000 --json', does: 'until its command has ended' },
    ],
    load: () => import('../commands/wait'),
  },
  {
    name: 'output',
    group: GROUP,
    summary: 'print what the program wrote',
    description: 'Prints what the program wrote, as far as it is kept: plain text, or the bytes themselves.',
    arguments: [TARGET],
    options: [
      { flags: '--since <offset>', description: 'only what came after this offset', parse: parseOffset },
      { flags: '--tail <n>', description: 'only the last lines', parse: integer('--tail', 0, 10_000_000) },
      { flags: '--ansi', description: 'with escape sequences, to the byte' },
    ],
    onlyReads: true,
    examples: [
      { line: 'holdfast output build --tail 20', does: 'its last 20 lines' },
      { line: 'holdfast output build --json --since 4096', does: 'what came since, and where to read on' },
    ],
    load: () => import('../commands/output'),
  },
  {
    name: 'history',
    group: GROUP,
    summary: 'list the commands that its shells have run',
    description:
      'Lists the commands that the shells of a session have run, oldest first, with their exit codes, folders and ' +
      'times: up to the newest 1000 of each terminal. They are known of shells with shell integration; what a shell ' +
      'keeps out of its own history is not listed.',
    arguments: [TARGET],
    options: [
      { flags: '--failed', description: 'only those that failed' },
      {
        flags: '--limit <n>',
        description: 'only the newest so many',
        parse: integer('--limit', 1, 10_000_000),
      },
    ],
    onlyReads: true,
    examples: [
      { line: 'holdfast history build --failed', does: 'what went wrong in it' },
      { line: 'holdfast history --limit 20 --json', does: 'the last 20, for a script' },
    ],
    load: () => import('../commands/history'),
  },
  {
    name: 'type',
    alias: 'send',
    group: GROUP,
    summary: 'type text',
    description:
      'Sends text to the program as if it were typed. A text that begins with "-" goes behind "--".',
    arguments: [TARGET, { name: 'TEXT', description: 'what to type' }],
    options: [
      { flags: '--enter', description: 'press Enter at the end' },
      { flags: '--paste', description: 'as a paste, bracketed where the program asked for it' },
    ],
    examples: [
      { line: "holdfast type build 'npm test' --enter", does: 'run a command' },
      { line: 'holdfast type build -- -v', does: 'type "-v"' },
    ],
    load: () => import('../commands/type'),
  },
  {
    name: 'key',
    group: GROUP,
    summary: 'press keys',
    description:
      'Presses keys, encoded for the modes the program has set: Enter Tab Escape Backspace Delete Insert ' +
      'Space Up Down Left Right Home End PageUp PageDown F1…F24, Ctrl+ Alt+ Shift+ with any of them, and ' +
      'single characters as themselves.',
    arguments: [
      TARGET,
      { name: 'KEYS', description: 'keys and chords, such as Enter or Ctrl+C', variadic: true },
    ],
    options: [
      {
        flags: '--delay <ms>',
        description: 'milliseconds between keys',
        parse: integer('--delay', 0, 60_000),
      },
    ],
    examples: [
      { line: 'holdfast key build Ctrl+C', does: 'interrupt it' },
      { line: 'holdfast key editor Escape : w q Enter', does: 'save and leave vi' },
    ],
    load: () => import('../commands/key'),
  },
  {
    name: 'mouse',
    group: GROUP,
    summary: 'use the mouse',
    description:
      'Uses the mouse in a program that has asked for it, in the way it has asked for: click, move, down or up at ROW ' +
      'COL; drag from ROW COL to ROW COL; scroll up, down, left or right, in the middle of the screen or at ROW COL. ' +
      'Rows and columns count from 0.',
    arguments: [
      TARGET,
      { name: 'ACTION', description: MOUSE_ACTIONS.join(', '), completion: MOUSE_ACTIONS },
      { name: 'WHERE', description: 'ROW COL; of drag twice; of scroll behind a direction', variadic: true },
    ],
    options: MOUSE_OPTIONS,
    examples: [
      { line: 'holdfast mouse editor drag 3 0 5 20', does: 'select text in an editor' },
      { line: 'holdfast mouse htop scroll down --times 5', does: 'five steps of the wheel' },
    ],
    load: () => import('../commands/mouse'),
  },
  {
    name: 'click',
    group: GROUP,
    summary: 'click at a place or on a text',
    description:
      'Clicks in a program that has asked for the mouse: at a row and a column, which count from 0, or on a text that ' +
      'stands on the screen once.',
    arguments: [
      TARGET,
      { name: 'ROW', description: "from 0, the screen's top", optional: true },
      { name: 'COL', description: "from 0, the screen's left", optional: true },
    ],
    options: [{ flags: '--text <text>', description: 'what to click on' }, ...MOUSE_OPTIONS],
    examples: [
      { line: 'holdfast click installer --text "< OK >"', does: 'the button of a dialog' },
      { line: 'holdfast click htop 7 12', does: 'row 7, column 12' },
    ],
    load: () => import('../commands/click'),
  },
  {
    name: 'resize',
    group: GROUP,
    summary: "change a terminal's size",
    description: "Changes a terminal's size. It holds until a viewer with a size of its own is active again.",
    arguments: [
      TARGET,
      { name: 'COLS', description: `columns, ${MIN_COLS} to ${MAX_COLS}` },
      { name: 'ROWS', description: `rows, ${MIN_ROWS} to ${MAX_ROWS}` },
    ],
    options: [],
    examples: [{ line: 'holdfast resize build 120 40', does: '120 columns, 40 rows' }],
    load: () => import('../commands/resize'),
  },
];
