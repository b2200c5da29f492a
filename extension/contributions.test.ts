import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  CATEGORY,
  Command,
  ContextKey,
  EXTENSION_ID,
  ItemWord,
  MACHINE_SETTINGS,
  PROFILE_TITLE,
  Profile,
  SETTINGS,
  TaskType,
  View,
  ViewContainer,
  Walkthrough,
} from './contributions';

const root = join(__dirname, '..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text);
const strings: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, 'package.nls.json'), 'utf8'),
);
const contributes = manifest.contributes;

const sorted = (values: Iterable<string>): readonly string[] => [...values].sort();

/** Each `when` of the manifest, wherever it stands. */
const conditions = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const own = 'when' in value && typeof value.when === 'string' ? [value.when] : [];
  return [...own, ...Object.values(value).flatMap(conditions)];
};

describe('package.json', () => {
  it('names the extension as the code does', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, EXTENSION_ID);
  });

  it('contributes exactly the declared commands, all in one category', () => {
    const commands: readonly { readonly command: string; readonly category: string }[] = contributes.commands;
    assert.deepEqual(sorted(commands.map((entry) => entry.command)), sorted(Object.values(Command)));
    assert.deepEqual(new Set(commands.map((entry) => entry.category)), new Set([CATEGORY]));
  });

  it('contributes exactly the declared settings with the declared defaults and scopes', () => {
    const properties: Readonly<Record<string, { readonly default: unknown; readonly scope: string }>> =
      contributes.configuration.properties;
    const defaults = Object.fromEntries(
      Object.entries(properties).map(([name, entry]) => [name, entry.default]),
    );
    assert.deepEqual(defaults, SETTINGS);
    const machine = Object.keys(properties).filter((name) => properties[name]?.scope === 'machine');
    assert.deepEqual(sorted(machine), sorted(MACHINE_SETTINGS));
    const restricted: readonly string[] = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    assert.deepEqual(
      MACHINE_SETTINGS.filter((name) => !restricted.includes(name)),
      [],
    );
    assert.ok(Object.keys(properties).every((name) => strings[`setting.${name.slice('holdfast.'.length)}`]));
  });

  it('changes one default of VS Code: no shell of its own beside the terminals that come back', () => {
    assert.deepEqual(contributes.configurationDefaults, { 'terminal.integrated.hideOnStartup': 'whenEmpty' });
  });

  it('works in folders that are not trusted or not on disk as far as it says there', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.deepEqual([untrustedWorkspaces.supported, virtualWorkspaces.supported], ['limited', 'limited']);
    assert.deepEqual(sorted(untrustedWorkspaces.restrictedConfigurations), [
      'holdfast.daemon.runtime',
      'holdfast.onTerminalClose',
      'holdfast.shell.args',
      'holdfast.shell.path',
    ]);
    for (const { description } of [untrustedWorkspaces, virtualWorkspaces]) {
      assert.ok(strings[description.replaceAll('%', '')], description);
    }
    // Programs run where the folder is, never in a browser.
    assert.deepEqual([manifest.extensionKind, manifest.browser], [['workspace'], undefined]);
  });

  it('contributes the declared view, container and profile', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map((entry: { readonly id: string }) => entry.id),
      Object.values(ViewContainer),
    );
    assert.deepEqual(
      contributes.views[ViewContainer.HOLDFAST].map((entry: { readonly id: string }) => entry.id),
      Object.values(View),
    );
    const [profile] = contributes.terminal.profiles;
    assert.deepEqual([profile.id, profile.title], [Profile.SESSION, PROFILE_TITLE]);
  });

  it('contributes the declared type of tasks, with the same program for each platform', () => {
    assert.deepEqual(
      contributes.taskDefinitions.map((entry: { readonly type: string }) => entry.type),
      Object.values(TaskType),
    );
    const [{ required, properties }] = contributes.taskDefinitions;
    assert.deepEqual(required, ['command']);
    const program = Object.keys(properties.linux.properties);
    assert.deepEqual(program, ['command', 'args', 'cwd', 'env', 'options']);
    for (const platform of ['windows', 'osx', 'linux']) {
      for (const name of program) {
        assert.deepEqual(properties[platform].properties[name], properties[name], `${platform}: ${name}`);
      }
    }
  });

  it('uses only declared commands, context keys and item words in menus and keybindings', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings] as readonly {
      readonly command: string;
    }[];
    const known = new Set<string>(Object.values(Command));
    assert.deepEqual(
      used.map((entry) => entry.command).filter((command) => !known.has(command)),
      [],
    );
    const whens = conditions(contributes).join(' ');
    const keys = new Set<string>([...Object.values(ContextKey), ...Object.values(View)]);
    assert.deepEqual(
      [...whens.matchAll(/holdfast\.\w+/g)].map(([key]) => key).filter((key) => !keys.has(key)),
      [],
    );
    const itemWords = new Set<string>(Object.values(ItemWord));
    const tested = [...whens.matchAll(/viewItem =~ \/(.+?)\//g)].flatMap(
      ([, regex = '']) => regex.replaceAll('\\b', ' ').match(/[a-z]+/g) ?? [],
    );
    assert.ok(tested.length > 0);
    assert.deepEqual(
      tested.filter((word) => !itemWords.has(word)),
      [],
    );
  });

  it('has one walkthrough of four steps, each with a picture, one button that does it, and a declared key that ticks it off', () => {
    const [walkthrough, ...others] = contributes.walkthroughs;
    assert.deepEqual([walkthrough.id, others], [Walkthrough.FIRST_STEPS, []]);
    assert.equal(walkthrough.steps.length, 4);
    const declared = new Set<string>(Object.values(ContextKey));
    for (const { id, media, description, completionEvents } of walkthrough.steps) {
      assert.ok(existsSync(join(root, media.svg)), media.svg);
      const lines = (strings[description.replaceAll('%', '')] ?? '').split('\n');
      assert.equal(lines.filter((line) => /^\[[^\]]+\]\(command:[^)]+\)$/.test(line)).length, 1, id);
      const keys = completionEvents.map((event: string) => /^onContext:(.+)$/.exec(event)?.[1]);
      assert.equal(keys.length, 1, id);
      assert.ok(declared.has(keys[0]), keys[0]);
    }
  });

  it('has pictures of the theme’s own colours in the walkthrough, without what VS Code’s page does not let in', () => {
    for (const { media } of contributes.walkthroughs[0].steps) {
      const picture = readFileSync(join(root, media.svg), 'utf8');
      const colours = [...picture.matchAll(/ (?:fill|stroke)="([^"]*)"/g)].map(([, colour = '']) => colour);
      assert.deepEqual(
        colours.filter((colour) => colour !== 'none' && !colour.startsWith('var(--vscode-')),
        [],
        media.svg,
      );
      // Nothing moves in it, whatever the reader has asked of the system.
      assert.doesNotMatch(picture, /<(style|script|image|animate\w*|set)|style=|on\w+=|href/, media.svg);
    }
  });

  it('says what its pictures show in the pictures: VS Code gives their texts to nobody (1.139)', () => {
    for (const { id, media } of contributes.walkthroughs[0].steps) {
      const [head = ''] = /^<svg [^>]*>/.exec(readFileSync(join(root, media.svg), 'utf8')) ?? [];
      assert.match(head, / role="img" lang="en" /, id);
      assert.equal(/ aria-label="([^"]*)"/.exec(head)?.[1], strings[media.altText.replaceAll('%', '')], id);
    }
  });

  it('names only commands that there are in its texts', () => {
    const known = new Set<string>([...Object.values(Command), `${View.SESSIONS}.focus`]);
    const named = [
      ...Object.values(strings)
        .join(' ')
        .matchAll(/command:(holdfast[\w.]+)/g),
    ].map(([, command = '']) => command);
    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter((command) => !known.has(command)),
      [],
    );
    const steps = `"${EXTENSION_ID}#${Walkthrough.FIRST_STEPS}"`;
    assert.ok(strings['welcome.empty']?.includes(`openWalkthrough?${encodeURIComponent(steps)})`));
  });

  it('has keys that mean what has the focus in the view, and nothing where no row has it', () => {
    for (const { key, args, when } of contributes.keybindings) {
      assert.deepEqual(args, ['focused', { $treeViewId: View.SESSIONS, $focusedTreeItem: true }], key);
      // VS Code goes on to name the row that had it last.
      assert.match(when, /\blistHasSelectionOrFocus\b/, key);
    }
  });

  it('offers what its menus do by a key or in the palette too', () => {
    const { commandPalette, ...menus } = contributes.menus;
    const hidden = new Set(
      commandPalette
        .filter(({ when }: { readonly when: string }) => when === 'false')
        .map(({ command }: { readonly command: string }) => command),
    );
    const keys = new Set(contributes.keybindings.map(({ command }: { readonly command: string }) => command));
    const inView = [...menus['view/title'], ...menus['view/item/context']];
    assert.ok(inView.length > 20);
    assert.deepEqual(
      inView.map(({ command }) => command).filter((command) => hidden.has(command) && !keys.has(command)),
      [],
    );
  });

  it('shows at most three inline actions on any item', () => {
    const inline: readonly string[] = contributes.menus['view/item/context']
      .filter((entry: { readonly group: string }) => entry.group.startsWith('inline'))
      .map((entry: { readonly when: string }) => entry.when);
    const matches = (words: string): number =>
      inline.filter((when) => new RegExp(/viewItem =~ \/(.+)\//.exec(when)?.[1] ?? 'never').test(words))
        .length;
    for (const state of [ItemWord.RUNNING, ItemWord.ENDED, ItemWord.LOST, ItemWord.UNREACHABLE]) {
      for (const place of [ItemWord.HERE, ItemWord.AWAY]) {
        assert.ok(matches(`session ${state} ${place}`) <= 3);
        assert.ok(matches(`session ${state} ${place}`) >= 1);
      }
    }
  });

  it('has a text for each placeholder, and no text without one', () => {
    const placeholders = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, name = '']) => name));
    assert.deepEqual(sorted(placeholders), sorted(Object.keys(strings)));
  });
});
