import { daemonCommands } from './daemon';
import { sessionCommands } from './sessions';
import type { CommandSpec } from './spec';
import { terminalCommands } from './terminals';

/** Every call of the command line, in the order in which help lists them. */
export const commands: readonly CommandSpec[] = [...sessionCommands, ...terminalCommands, ...daemonCommands];
