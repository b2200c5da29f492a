/** The platforms node-pty has binaries for; each gets a package with only its own. */
export const targets = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** The package for every other platform: it has all binaries, and says what is missing where none fits. */
export const UNIVERSAL = 'universal';

/** A long-lived Code.exe would block VS Code's updates, so the daemon needs a runtime of its own there. */
export const bringsNode = (target) => target.startsWith('win32-');
