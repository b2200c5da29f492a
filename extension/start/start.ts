import { join } from 'node:path';
import type { ExtensionContext } from 'vscode';
import { loadModule } from '../../daemon/platform/compiledModule';

/** The rest of the extension: extension.ts, bundled. */
const MODULE = join(__dirname, 'window.js');
/** By then what opening a window needs has run, so that its functions are kept too. */
const SAVE_AFTER_MS = 3000;

/** All that is read and compiled anew each time a window opens. @returns its API for other extensions */
export const activate = (context: ExtensionContext): unknown => {
  const { module, wasCompiled, save } = loadModule(MODULE, context.globalStorageUri.fsPath, require);
  if (!wasCompiled) {
    const timer = setTimeout(save, SAVE_AFTER_MS);
    context.subscriptions.push({ dispose: () => clearTimeout(timer) });
  }
  return (module as { activate(context: ExtensionContext): unknown }).activate(context);
};
