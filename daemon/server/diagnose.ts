import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type OtherBuild, obstacle, wayOut } from '../hosts/otherBuild';
import { descriptorUse } from '../platform/descriptors';
import { checkDiskSpace } from '../platform/diskSpace';
import { requirePrivateFolder } from '../platform/privateFolder';
import { isStopped } from '../platform/processIdentity';
import type { Finding } from '../protocol/daemon';
import {
  HISTORIES_FOLDER,
  HOSTS_FOLDER,
  JOURNALS_FOLDER,
  KEYFRAMES_FOLDER,
  LOG_FOLDER,
} from '../protocol/endpoint';
import { HoldfastError } from '../protocol/errors';
import { terminalState } from '../sessions/info';
import { journalName, readJournalEnd } from '../sessions/journals';
import type { Parts } from '../sessions/parts';
import type { TerminalRow } from '../store/rows';
import type { DaemonFacts } from './daemonService';
import { lostHistories } from './lostHistories';
import { lostSessions, namesOf } from './lostSessions';

/** A terminal takes some five, a viewer one or two: with fewer left, somebody is soon refused. */
const SPARE_DESCRIPTORS = 64;
/** Long after a terminal has been made or removed. */
const STRAY_AFTER_MS = 60_000;

/** What a person who asks "is everything all right?" should know; each finding says what to do. */
export const diagnose = async (parts: Parts, facts: DaemonFacts): Promise<readonly Finding[]> => [
  ok('daemon', `version ${facts.version} (${facts.buildId}), process ${process.pid}`),
  ok('runtime', `Node ${process.versions.node} at ${process.execPath}`),
  ...folders(parts),
  checkDiskSpace(parts.settings.dataDir),
  ...store(facts),
  ...ptyHosts(parts),
  ...lostSessions(parts),
  ...descriptors(parts),
  ...journals(parts),
  ...strayJournals(parts),
  ...lostHistories(parts),
  ...screens(parts),
];

const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message });

const folders = ({ settings }: Parts): readonly Finding[] => {
  const { dataDir, runtimeDir } = settings;
  const names = [HOSTS_FOLDER, JOURNALS_FOLDER, HISTORIES_FOLDER, KEYFRAMES_FOLDER, LOG_FOLDER];
  const paths = [dataDir, runtimeDir, ...names.map((name) => join(dataDir, name))];
  const broken = paths.flatMap((path): readonly Finding[] => {
    try {
      requirePrivateFolder(path);
      return [];
    } catch (error) {
      const { message, suggestion } = HoldfastError.from(error);
      return [{ check: 'folders', status: 'error', message, suggestion }];
    }
  });
  return broken.length > 0 ? broken : [ok('folders', `${dataDir} and ${runtimeDir} are private`)];
};

const store = ({ storeReport }: DaemonFacts): readonly Finding[] => {
  const findings = storeReport.unreadable.map(
    (row): Finding => ({
      check: 'store',
      status: 'error',
      message: `a row can't be read: ${row}`,
      suggestion: 'Report it; the other sessions are not affected.',
    }),
  );
  return findings.length > 0
    ? findings
    : [ok('store', `${storeReport.replayed} changes were read from the log`)];
};

const ptyHosts = ({ hosts }: Parts): readonly Finding[] => {
  if (hosts.infos.length === 0) {
    return [ok('pty host', 'none is needed yet')];
  }
  return hosts.all.map(({ info: { pid, version, terminals, reachable }, otherBuild }) =>
    reachable
      ? ok('pty host', `process ${pid}, version ${version}, ${terminals} terminals`)
      : withoutHost(pid, otherBuild),
  );
};

const withoutHost = (pid: number, otherBuild: OtherBuild | undefined): Finding => {
  const check = 'pty host';
  if (isStopped(pid)) {
    return {
      check,
      status: 'error',
      message: `process ${pid} is stopped (as by SIGSTOP): it does not answer`,
      suggestion: `'kill -CONT ${pid}' lets it go on, with its programs.`,
    };
  }
  const message = `process ${pid} ${obstacle(otherBuild)}`;
  return otherBuild === undefined
    ? {
        check,
        status: 'error',
        message,
        suggestion: `Its programs may be running: wait first. If it hangs for good, 'kill -9 ${pid}' ends it, and its programs too.`,
      }
    : {
        check,
        status: 'warning',
        message,
        suggestion: `Its programs run on. ${wayOut(otherBuild)}. Where that one can't talk to this daemon either, 'kill ${process.pid}' ends the daemon alone, and it can start its own.`,
      };
};

const descriptors = ({ hosts }: Parts): readonly Finding[] => {
  const own = descriptorsOf('the daemon', process.pid, "then run 'holdfast daemon restart' there");
  // Without one to look with, it says the same of each.
  return descriptorUse(process.pid) === 'blind'
    ? own
    : [
        ...own,
        ...hosts.infos.flatMap(({ pid }) =>
          descriptorsOf('the PTY host', pid, "end its programs, then run 'holdfast daemon restart' there"),
        ),
      ];
};

const descriptorsOf = (who: string, pid: number, then: string): readonly Finding[] => {
  const use = descriptorUse(pid);
  if (use === undefined || (use !== 'blind' && use.limit - use.open >= SPARE_DESCRIPTORS)) {
    return [];
  }
  const message =
    use === 'blind'
      ? 'the daemon can open no further file or connection'
      : `${who} (process ${pid}) may have ${use.limit} files and connections open, and has ${use.open}: soon no session can be started or shown`;
  return [
    {
      check: 'descriptors',
      status: 'warning',
      message,
      suggestion: `The hard limit of the shell that it was started from holds for it. Raise that where you can ('ulimit -Hn' tells it), ${then}.`,
    },
  ];
};

/** Of terminals that no session has: the store that knew them is gone. One that is just being made has no row yet. */
const strayJournals = ({ catalog, settings }: Parts): readonly Finding[] => {
  const folder = join(settings.dataDir, JOURNALS_FOLDER);
  const known = new Set<string>(catalog.terminals.map(({ id }) => journalName(id)));
  const stray = namesIn(folder).filter(
    (name) => name.endsWith('.journal') && !known.has(name) && ageOf(join(folder, name)) > STRAY_AFTER_MS,
  );
  return stray.length === 0
    ? []
    : [
        {
          check: 'journals',
          status: 'warning',
          message: `the output of ${stray.length} terminals that no session has any more is in ${folder}: ${stray.slice(0, 3).join(', ')}${stray.length > 3 ? ' …' : ''}`,
          suggestion: 'Look what the store has lost. Delete the files if nobody is to look at them.',
        },
      ];
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    // Without a free descriptor nobody can look, which another check tells.
    return [];
  }
};

const ageOf = (path: string): number => {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    // It was removed with its terminal since.
    return 0;
  }
};

const journals = ({ catalog, settings }: Parts): readonly Finding[] => {
  const ended = catalog.terminals.filter((row) => ['exited', 'lost'].includes(terminalState(row, catalog)));
  const missing = ended.filter((row) => {
    try {
      return readJournalEnd(settings.dataDir, row.id) === undefined;
    } catch {
      // Unreadable is as good as missing for whoever wants its output.
      return true;
    }
  });
  const kept = missing.length === 0 ? [ok('journals', `${catalog.terminals.length} terminals`)] : [];
  return [
    ...kept,
    ...unreadable(
      catalog,
      missing.filter(({ state }) => state === 'lost'),
      "Their last screens are kept on their own: 'holdfast resurrect NAME' starts a shell under one.",
    ),
    ...unreadable(
      catalog,
      missing.filter(({ state }) => state !== 'lost'),
      "'holdfast restart NAME' starts one again, 'holdfast rm NAME' forgets it.",
    ),
  ];
};

const unreadable = (
  catalog: Parts['catalog'],
  rows: readonly TerminalRow[],
  suggestion: string,
): readonly Finding[] => {
  const names = new Set(rows.map(({ session }) => catalog.session(session)?.name ?? session));
  return rows.length === 0
    ? []
    : [
        {
          check: 'journals',
          status: 'warning',
          message: `the output of ${namesOf([...names])} can't be read`,
          suggestion,
        },
      ];
};

const screens = ({ catalog }: Parts): readonly Finding[] =>
  catalog.terminals
    .filter(({ id }) => catalog.live(id).screenSetAside)
    .map(
      (row): Finding => ({
        check: 'screens',
        status: 'warning',
        message: `the screen of ${catalog.session(row.session)?.name ?? row.session} is set aside: what it printed has ended each worker that drew it`,
        suggestion:
          "Its program runs, and its output can be seen. 'holdfast daemon restart' draws the screen anew. Please report what it printed.",
      }),
    );
