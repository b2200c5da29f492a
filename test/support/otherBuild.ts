import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from './testDaemon';

export interface OtherBuild {
  readonly version: string;
  readonly protocol: { readonly min: number; readonly max: number };
}

/** As a bundle has it. */
const OWN_PROTOCOL = 'PROTOCOL={min:1,max:1}';

/** Makes the product as another version of it: other copies of the program run, in another folder. */
export const makeBuild = (folder: string, { version, protocol }: OtherBuild, buildId: string): void => {
  cpSync(DIST, folder, { recursive: true });
  const own = (JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8')) as { version: string })
    .version;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.js'))) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8').replaceAll(`"${own}"`, `"${version}"`);
    assert.ok(name !== 'ptyhost.js' || text.includes(OWN_PROTOCOL), 'a bundle says what it speaks');
    writeFileSync(path, text.replace(OWN_PROTOCOL, `PROTOCOL=${JSON.stringify(protocol)}`));
  }
  writeFileSync(join(folder, 'build-id'), `${buildId}\n`);
};
