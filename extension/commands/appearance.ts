import { l10n, type QuickPickItem, QuickPickItemKind, ThemeIcon, Uri, window } from 'vscode';
import { isIcon, SESSION_COLORS, type SessionColor } from '../../daemon/protocol/appearance';
import type { SessionInfo } from '../../daemon/protocol/model';
import { SessionSet } from '../../daemon/protocol/sessions';
import type { Services } from '../services';
import { showAnew } from '../terminals/showAnew';
import { plainText } from '../tree/plainText';
import type { TreeNode } from '../tree/treeModel';
import { ICONS } from './icons';
import { resolveTargets, type TargetArgument } from './targets';

interface ValueItem extends QuickPickItem {
  /** `''` is the default; undefined of a separator. */
  readonly value: string | undefined;
}

/** @param wanted the icon's id, as a keybinding or another extension may pass it; `''` is the default */
export const changeIcon = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  wanted: unknown,
): Promise<void> => {
  const sessions = await sessionsFor(services, argument, selected, l10n.t('Change Icon'));
  if (sessions.length > 0) {
    const icon = typeof wanted === 'string' ? wanted : await chooseIcon(sessions);
    await change(services, sessions, icon === undefined ? undefined : { icon });
  }
};

/** @param wanted the colour's id, such as `terminal.ansiRed`; `''` is the default */
export const changeColor = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  wanted: unknown,
): Promise<void> => {
  const sessions = await sessionsFor(services, argument, selected, l10n.t('Change Color'));
  if (sessions.length > 0) {
    const color = typeof wanted === 'string' ? wanted : await chooseColor(sessions);
    await change(services, sessions, color === undefined ? undefined : { color });
  }
};

const sessionsFor = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  title: string,
): Promise<readonly SessionInfo[]> => {
  const fits = ({ terminal }: { readonly terminal: unknown }): boolean => terminal === undefined;
  const targets = await resolveTargets(services, argument, selected, { title, fits, many: true });
  return targets.map(({ session }) => session);
};

const change = async (
  { link, open }: Services,
  sessions: readonly SessionInfo[],
  look: { readonly icon: string } | { readonly color: string } | undefined,
): Promise<void> => {
  if (look === undefined) {
    return;
  }
  const isSame = ({ icon, color }: SessionInfo): boolean =>
    'icon' in look ? look.icon === (icon ?? '') : look.color === (color ?? '');
  const changed = sessions.filter((session) => !isSame(session)).map(({ id }) => id);
  for (const id of changed) {
    await link.call(SessionSet.type, { target: { text: id, explicit: true }, ...look });
  }
  await link.refresh();
  await showAnew(open, ({ session }) => changed.includes(session));
};

const titleOf = (title: string, sessions: readonly SessionInfo[]): string => {
  const [first] = sessions;
  return sessions.length === 1 && first !== undefined ? `${title}: ${plainText(first.name)}` : title;
};

/** What all of them have: `''` is the default. */
const common = (values: readonly string[]): string | undefined =>
  values.every((value) => value === values[0]) ? values[0] : undefined;

const marked = (item: ValueItem, current: string | undefined): ValueItem =>
  item.value === current ? { ...item, description: l10n.t('current') } : item;

/** VS Code's own picture of all icons is not for extensions: a list of some, and any other by its id. */
const chooseIcon = (sessions: readonly SessionInfo[]): Promise<string | undefined> => {
  const current = common(sessions.map(({ icon }) => icon ?? ''));
  const known =
    current === undefined || current === '' || ICONS.includes(current) ? ICONS : [current, ...ICONS];
  const items = [
    { label: l10n.t('Default'), iconPath: new ThemeIcon('terminal'), value: '' },
    { label: '', kind: QuickPickItemKind.Separator, value: undefined },
    ...known.map(iconItem),
  ].map((item) => marked(item, current));
  return new Promise((resolve) => {
    const pick = window.createQuickPick<ValueItem>();
    pick.title = titleOf(l10n.t('Change Icon'), sessions);
    pick.placeholder = l10n.t('Select an icon, or type the id of another one of VS Code’s');
    pick.items = items;
    pick.activeItems = items.filter(({ value }) => value !== undefined && value === current);
    pick.onDidChangeValue((typed) => {
      const id = typed.trim();
      const isOther = isIcon(id) && !known.some((icon) => icon.includes(id));
      pick.items = isOther ? [...items, iconItem(id)] : items;
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.value);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
};

const iconItem = (id: string): ValueItem => ({ label: id, iconPath: new ThemeIcon(id), value: id });

const chooseColor = async (sessions: readonly SessionInfo[]): Promise<string | undefined> => {
  const current = common(sessions.map(({ color }) => color ?? ''));
  const names = colorNames();
  const items: readonly ValueItem[] = [
    { label: l10n.t('Default'), iconPath: new ThemeIcon('circle-slash'), value: '' },
    { label: '', kind: QuickPickItemKind.Separator, value: undefined },
    ...SESSION_COLORS.map((color) => ({ label: names[color], iconPath: sampleOf(color), value: color })),
  ];
  const picked = await window.showQuickPick(
    items.map((item) => marked(item, current)),
    {
      title: titleOf(l10n.t('Change Color'), sessions),
      placeHolder: l10n.t('Select a color; the theme says what it looks like'),
    },
  );
  return picked?.value;
};

const colorNames = (): Readonly<Record<SessionColor, string>> => ({
  'terminal.ansiBlack': l10n.t('Black'),
  'terminal.ansiRed': l10n.t('Red'),
  'terminal.ansiGreen': l10n.t('Green'),
  'terminal.ansiYellow': l10n.t('Yellow'),
  'terminal.ansiBlue': l10n.t('Blue'),
  'terminal.ansiMagenta': l10n.t('Magenta'),
  'terminal.ansiCyan': l10n.t('Cyan'),
  'terminal.ansiWhite': l10n.t('White'),
});

/**
 * The defaults of VS Code's light and dark themes (terminalColorRegistry.ts): a quick pick leaves the colour of an icon out, and
 * no API tells what a theme has made of one.
 */
const SAMPLES: Readonly<Record<SessionColor, readonly [light: string, dark: string]>> = {
  'terminal.ansiBlack': ['#000000', '#000000'],
  'terminal.ansiRed': ['#cd3131', '#cd3131'],
  'terminal.ansiGreen': ['#107c10', '#0dbc79'],
  'terminal.ansiYellow': ['#949800', '#e5e510'],
  'terminal.ansiBlue': ['#0451a5', '#2472c8'],
  'terminal.ansiMagenta': ['#bc05bc', '#bc3fbc'],
  'terminal.ansiCyan': ['#0598bc', '#11a8cd'],
  'terminal.ansiWhite': ['#555555', '#e5e5e5'],
};

const sampleOf = (color: SessionColor): { readonly light: Uri; readonly dark: Uri } => {
  const [light, dark] = SAMPLES[color];
  return { light: circle(light), dark: circle(dark) };
};

/** With an edge, so that black and white are seen on any background. */
const circle = (fill: string): Uri =>
  Uri.parse(
    `data:image/svg+xml;utf8,${encodeURIComponent(
      `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><circle cx="8" cy="8" r="6" fill="${fill}" stroke="#888888"/></svg>`,
    )}`,
  );
