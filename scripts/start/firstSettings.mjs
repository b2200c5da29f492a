import fs from 'node:fs';
import path from 'node:path';

/** A calm editor to look at terminals in. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.ignoreRecommendations': true,
};

/** Writes a new profile's settings; those of an old one are the user's. */
export function firstSettings(file, more = {}) {
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify({ ...SETTINGS, ...more }, undefined, 2)}\n`);
}
