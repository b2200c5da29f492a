import { workspace } from 'vscode';
import { SETTINGS, type SettingName, type Settings } from './contributions';

/** A setting of this extension; its default when the file holds something of another type. */
export const readSetting = <K extends SettingName>(name: K): Settings[K] => {
  const fallback = SETTINGS[name];
  return workspace.getConfiguration().get<Settings[K]>(name) ?? fallback;
};
