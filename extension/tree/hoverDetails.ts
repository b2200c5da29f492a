import { setTimeout as delay } from 'node:timers/promises';
import { env, l10n, MarkdownString } from 'vscode';
import type { ResourceUse } from '../../daemon/protocol/model';
import { SessionShow } from '../../daemon/protocol/sessions';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import type { DaemonLink } from '../daemonLink';
import { lineOfScreen } from './plainText';
import { mainTerminal, type TreeNode } from './treeModel';

/** A hover is read where it is, beside the rows below it. */
const SCREEN_ROWS = 8;
const SCREEN_COLS = 100;
/** How much processor time is used is measured over so long; the kernel counts it in 10 ms. */
const MEASURED_MS = 300;
/** A hover does not wait longer: it then has what was known before. */
const PATIENCE_MS = 1500;

/** What has to be asked for of a row. */
export interface HoverDetails {
  /** What its programs cost, where the system tells. */
  readonly use: string | undefined;
  /** The last rows in use of its screen. */
  readonly screen: readonly string[];
  /** Whether it is something else the next moment. */
  readonly isLive: boolean;
}

type Source = Pick<DaemonLink, 'state' | 'get' | 'call'>;

/** Never starts a daemon, never rejects; undefined where nothing could be learned in time. */
export const hoverDetails = (link: Source, node: TreeNode): Promise<HoverDetails | undefined> =>
  Promise.race([ask(link, node).catch(() => undefined), delay(PATIENCE_MS, undefined, { ref: false })]);

const ask = async (link: Source, node: TreeNode): Promise<HoverDetails | undefined> => {
  if ((node.kind !== 'session' && node.kind !== 'terminal') || link.state !== 'connected') {
    return undefined;
  }
  const session = link.get(node.session);
  const terminal = session === undefined ? undefined : mainTerminal(session);
  if (session === undefined || terminal === undefined) {
    return undefined;
  }
  const shown = node.kind === 'terminal' ? node.terminal : terminal.id;
  const target = { text: `${session.id}:${shown}`, explicit: true };
  const counted = node.kind === 'terminal' ? target : { text: session.id, explicit: true };
  const [use, { lines, state }] = await Promise.all([
    measured(async () => {
      const { session: whole, terminal: one } = await link.call(SessionShow.type, { target: counted });
      return (whole ?? one).resources;
    }),
    link.call(TerminalSnapshot.type, { target }),
  ]);
  return { use, screen: lastRows(lines), isLive: state === 'running' };
};

const lastRows = (lines: readonly string[]): readonly string[] => {
  const used = lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
  return used.slice(-SCREEN_ROWS).map((line) => lineOfScreen(line, SCREEN_COLS));
};

const measured = async (read: () => Promise<ResourceUse>): Promise<string | undefined> => {
  const from = performance.now();
  const before = await read();
  const isSlow = performance.now() - from > MEASURED_MS;
  if (before.rssBytes === null || before.processes === null || before.processes === 0) {
    return undefined;
  }
  const memory = megabytes(before.rssBytes);
  const count = before.processes === 1 ? l10n.t('1 process') : l10n.t('{0} processes', before.processes);
  if (before.cpuMs === null || isSlow) {
    // Windows lists processes in a second or two: there it is asked once.
    return l10n.t('Uses: {0}, {1}', memory, count);
  }
  await delay(MEASURED_MS, undefined, { ref: false });
  const after = await read();
  // One that has ended takes its time out of the sum.
  const used = Math.max(0, (after.cpuMs ?? before.cpuMs) - before.cpuMs);
  const percent = Math.round((100 * used) / (performance.now() - from));
  return l10n.t('Uses: {0} % of a processor, {1}, {2}', percent, memory, count);
};

const megabytes = (bytes: number): string => {
  const mb = bytes / 1e6;
  return mb < 1000
    ? l10n.t('{0} MB', Math.ceil(mb))
    : l10n.t(
        '{0} GB',
        (mb / 1000).toLocaleString(env.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
      );
};

/**
 * A hover with a screen, whose columns stand below each other only in a block of code. Everything in it is untrusted, so no
 * character but letters and digits goes into the Markdown as itself: nothing is left that could be a link, an address or HTML.
 */
export const hoverMarkdown = (text: string, { use, screen }: HoverDetails): MarkdownString => {
  const lines = [...text.split('\n'), ...(use === undefined ? [] : [use])];
  const markdown = new MarkdownString(lines.map(asEntities).join('  \n'));
  return screen.length === 0 ? markdown : markdown.appendCodeblock(screen.join('\n'), 'plaintext');
};

const asEntities = (line: string): string =>
  line.replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);
