import { until } from '../editor/rows';
import type { Workbench } from '../editor/workbench';

/** A theme as VS Code's picker names it and the class of the workbench in it, by the name that its pictures have. */
const THEMES = {
  light: { theme: 'Light Modern', shown: 'vs' },
  dark: { theme: 'Dark Modern', shown: 'vs-dark' },
  'high-contrast': { theme: 'Dark High Contrast', shown: 'hc-black' },
  'high-contrast-light': { theme: 'Light High Contrast', shown: 'hc-light' },
} as const;

/** Does something in each theme, the window's last one stays. */
export const inThemes = async (window: Workbench, take: (name: string) => Promise<void>): Promise<void> => {
  for (const [name, { theme, shown }] of Object.entries(THEMES)) {
    const choose = (): Promise<void> => window.choose('Preferences: Color Theme', theme);
    await until(window.page.locator(`.monaco-workbench.${shown}`), choose, `the theme ${theme}`);
    await take(name);
  }
};
