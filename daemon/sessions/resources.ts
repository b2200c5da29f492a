import { listProcesses, sessionKey, withDescendants } from '../platform/processTree';
import type { ResourceUse } from '../protocol/model';
import type { TerminalRow } from '../store/rows';
import type { Catalog } from './catalog';

/** What the running terminals among `rows` cost, over all their processes. */
export const resourceUse = async (rows: readonly TerminalRow[], catalog: Catalog): Promise<ResourceUse> => {
  const running = rows.filter((row) => row.state === 'running' && row.pid !== null);
  if (running.length === 0) {
    return { processes: 0, rssBytes: 0, cpuMs: 0 };
  }
  // Where no descriptor is left to look with, that is all that is not known.
  const processes = await listProcesses().catch(() => []);
  if (processes.length === 0) {
    return { processes: null, rssBytes: null, cpuMs: null };
  }
  const roots = new Set(running.flatMap((row) => (row.pid === null ? [] : [row.pid])));
  const keys = new Set(
    running.map((row) => (row.pid === null ? null : sessionKey(row.pid, catalog.live(row.id).ptsName))),
  );
  for (const entry of processes) {
    if (entry.session !== null && keys.has(entry.session)) {
      roots.add(entry.pid);
    }
  }
  const own = withDescendants(processes, roots).filter((entry) => !entry.zombie);
  const sum = (values: readonly (number | null)[]): number =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    processes: own.length,
    rssBytes: sum(own.map((entry) => entry.rssBytes)),
    cpuMs: sum(own.map((entry) => entry.cpuMs)),
  };
};
