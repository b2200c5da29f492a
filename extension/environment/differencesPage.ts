import { l10n } from 'vscode';
import { plainText } from '../tree/plainText';
import { compareLists, type Difference, type Differences } from './differences';
import { valueText } from './valueText';

/** What is known of two environments, and how to say it. */
export interface DifferencesPage {
  /** The session's, or the terminal's in it. */
  readonly name: string;
  readonly program: string;
  readonly pid: number | null;
  readonly differences: Differences;
  /** Whether the system told, so that nothing is left out. */
  readonly isComplete: boolean;
  /** Whether VS Code told what other extensions add to new terminals. */
  readonly knowsOthers: boolean;
}

const HIDDEN = '••••••••';

/** As Markdown, like VS Code's own page of what extensions contribute to a terminal's environment. */
export const renderPage = (page: DifferencesPage, showsSecrets: boolean): string => {
  const { differences } = page;
  const name = plainText(page.name);
  const value = ({ isSecret }: Difference, text: string): string =>
    isSecret && !showsSecrets ? HIDDEN : valueText(text);
  const single = (one: Difference): string => `- \`${one.name}\`: ${value(one, one.here ?? one.there ?? '')}`;
  const both = (one: Difference): string => {
    const lists = one.isSecret ? undefined : compareLists(one, process.platform);
    return lists === undefined
      ? lines(one.name, [
          [l10n.t("in '{0}'", name), one.here === undefined ? l10n.t('not set') : value(one, one.here)],
          [l10n.t('in a new terminal'), one.there === undefined ? l10n.t('not set') : value(one, one.there)],
        ])
      : listLines(one.name, name, lists);
  };
  const section = (
    title: string,
    all: readonly Difference[],
    row: (one: Difference) => string,
  ): readonly string[] => (all.length === 0 ? [] : [`## ${title} (${all.length})`, all.map(row).join('\n')]);
  const groups = [
    ...section(l10n.t('Different'), differences.different, both),
    ...section(l10n.t("Only in '{0}'", name), differences.onlyHere, single),
    ...section(l10n.t('Only in a New Terminal'), differences.onlyThere, single),
  ];
  return `${[
    `# ${l10n.t("Environment of '{0}' and of a New Terminal", name)}`,
    ...introduction(page, name, showsSecrets),
    ...(groups.length === 0 ? [l10n.t('Nothing differs.')] : groups),
    ...section(l10n.t('Each Terminal or Window Has Its Own'), differences.byNature, both),
  ].join('\n\n')}\n`;
};

const introduction = (page: DifferencesPage, name: string, showsSecrets: boolean): readonly string[] => {
  const { program, pid, differences, isComplete, knowsOthers } = page;
  const secrets = Object.values(differences)
    .flat()
    .some(({ isSecret }) => isSecret);
  return [
    l10n.t(
      "What '{0}' ({1}, process {2}) was started with, where a new terminal of this window gets something else. What the program has changed since then, such as variables that a shell has set, only itself knows. Duplicate starts the same program with the environment of a new terminal.",
      name,
      plainText(program),
      pid ?? '?',
    ),
    ...(isComplete
      ? []
      : [
          l10n.t(
            'This is as Holdfast has started it. Values that look like secrets are kept on no disk: those of the session may be missing here.',
          ),
        ]),
    ...(knowsOthers
      ? []
      : [
          l10n.t(
            'VS Code has not told what other extensions add to its terminals, as in a folder that is not trusted: that is missing from the new terminal here.',
          ),
        ]),
    ...(secrets && !showsSecrets
      ? [
          l10n.t(
            'Values that look like secrets are hidden; "Show or Hide Secret Values" above this editor shows them.',
          ),
        ]
      : []),
  ];
};

const lines = (name: string, rows: readonly (readonly [what: string, value: string])[]): string =>
  [`- \`${name}\``, ...rows.map(([what, value]) => `  - ${what}: ${value}`)].join('\n');

const listLines = (
  variable: string,
  name: string,
  { onlyHere, onlyThere }: { readonly onlyHere: readonly string[]; readonly onlyThere: readonly string[] },
): string =>
  onlyHere.length + onlyThere.length === 0
    ? lines(variable, [[l10n.t('the same'), l10n.t('in another order')]])
    : lines(variable, [
        ...onlyHere.map((entry) => [l10n.t("only in '{0}'", name), valueText(entry)] as const),
        ...onlyThere.map((entry) => [l10n.t('only in a new terminal'), valueText(entry)] as const),
      ]);
