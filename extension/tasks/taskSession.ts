import { isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { l10n, type Task } from 'vscode';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { SessionInfo } from '../../daemon/protocol/model';
import { sanitizeName } from '../../daemon/protocol/names';
import { type ProgramSpec, SessionCreate, SessionRestart } from '../../daemon/protocol/sessions';
import { lineCommand, programSpec, startFolder } from '../environment/programEnvironment';
import type { Services } from '../services';
import { mainTerminal } from '../tree/treeModel';
import { requireTrust } from '../trust';
import type { TaskProgram } from './taskDefinition';
import { isOfTask, type TaskIdentity, taskTag } from './taskIdentity';

/** Others may take name after name at the very moment each is chosen: more often is no coincidence. */
const MAX_TRIES = 8;
/** For how long a session is waited for that is being made, and how often it is looked for. */
const STARTING_MS = 10_000;
const LOOK_MS = 50;

export const findTaskSession = ({ link }: Services, identity: TaskIdentity): SessionInfo | undefined =>
  link.all().find((session) => isOfTask(identity, session));

/**
 * The session of a task, whose program runs: the one that is there, its program started anew where it has ended, else
 * a new one. However many windows ask at once, one program is started.
 * @throws HoldfastError
 */
export const runTaskSession = async (
  services: Services,
  identity: TaskIdentity,
  program: TaskProgram,
  scope: Task['scope'],
): Promise<SessionInfo> => {
  requireTrust();
  const { link, environment } = services;
  const [variables] = await Promise.all([environment.gather(), link.connect()]);
  const spec = specOf(program, scope, variables);
  for (let tried = 1; ; tried++) {
    await link.refresh();
    const found = findTaskSession(services, identity);
    if (found !== undefined) {
      const target = { text: `${found.id}:${mainTerminal(found)?.name ?? ''}`, explicit: true };
      const call = { target, unlessRunning: true, clear: true, program: spec };
      return (await link.call(SessionRestart.type, call)).session;
    }
    const name = program.session ?? freeName(services, sanitizeName(identity.name));
    try {
      return await create(services, { ...spec, name }, identity, program.sessionGroup);
    } catch (error) {
      if (HoldfastError.from(error).code !== 'SESSION_EXISTS' || tried === MAX_TRIES) {
        throw error;
      }
      await whenListed(services, name);
      if (program.session !== undefined && findTaskSession(services, identity) === undefined) {
        throw nameTaken(program.session);
      }
    }
  }
};

/** Whoever has taken a name may still be starting the program: until then its session is in no list. */
const whenListed = async ({ link }: Services, name: string): Promise<void> => {
  for (let waited = 0; waited < STARTING_MS; waited += LOOK_MS) {
    await link.refresh();
    if (link.all().some((session) => session.name === name)) {
      return;
    }
    await delay(LOOK_MS, undefined, { ref: false });
  }
};

const create = async (
  { link }: Services,
  params: SessionCreate.Params,
  identity: TaskIdentity,
  group: string | undefined,
): Promise<SessionInfo> => {
  const { session } = await link.call(SessionCreate.type, {
    ...params,
    tags: [taskTag(identity)],
    ...(group === undefined ? {} : { group }),
    ...(identity.folder === null ? {} : { workspace: identity.folder }),
  });
  return session;
};

const specOf = (
  { command, shell, cwd, env }: TaskProgram,
  scope: Task['scope'],
  variables: Readonly<Record<string, string>>,
): ProgramSpec => {
  const folder = typeof scope === 'object' ? startFolder(scope.uri) : startFolder();
  const words = typeof command === 'string' ? lineCommand(command, shell) : command;
  const place = cwd === undefined || isAbsolute(cwd) ? cwd : join(folder, cwd);
  return { ...programSpec(place ?? folder, variables, words), added: env };
};

const freeName = ({ link }: Services, wanted: string): string => {
  const taken = new Set(link.all().map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted.slice(0, 240)}-${number}`;
    if (!taken.has(name)) {
      return name;
    }
  }
};

const nameTaken = (name: string): HoldfastError =>
  new HoldfastError(
    'SESSION_EXISTS',
    l10n.t("the session '{0}' is not this task's", name),
    l10n.t("Give the task another 'session' in tasks.json, or remove that session."),
  );
