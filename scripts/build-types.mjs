import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Writes the client library's declarations to a folder, for programs that import `holdfast/sdk`. */
export function emitTypes(root, folder) {
  const result = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      '--project',
      path.join(root, 'scripts/tsconfig.types.json'),
      '--outDir',
      folder,
    ],
    { stdio: 'inherit' },
  );
  if (result.status !== 0)
    throw new Error("The client library's declarations could not be written (see above).");
}
