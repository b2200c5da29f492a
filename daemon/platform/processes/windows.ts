import { execFile } from 'node:child_process';
import type { ProcessEntry } from '../processTree';

/** CIM's process times count 100 ns. */
const TIME_UNITS_PER_MS = 10_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

const SCRIPT = [
  "$ErrorActionPreference = 'SilentlyContinue'",
  'Get-CimInstance Win32_Process | ForEach-Object {',
  '  [pscustomobject]@{ p = $_.ProcessId; q = $_.ParentProcessId; n = $_.Name; c = $_.CommandLine;',
  '    r = $_.WorkingSetSize; u = $_.UserModeTime; k = $_.KernelModeTime }',
  '} | ConvertTo-Json -Compress',
].join('\n');

interface Row {
  readonly p: number;
  readonly q: number;
  readonly n: string;
  readonly c: string | null;
  readonly r: number | null;
  readonly u: number | null;
  readonly k: number | null;
}

/**
 * Asks CIM through Windows PowerShell, the only tool every supported Windows has. Start times are left out:
 * CIM rounds them to microseconds, `startTimeOf` does not, and an inequality would hide a living process.
 */
export const readWindowsProcesses = (): Promise<readonly ProcessEntry[]> =>
  new Promise((resolve) => {
    execFile(
      'powershell.exe',
      ['-NoProfile', '-NonInteractive', '-Command', SCRIPT],
      { windowsHide: true, maxBuffer: MAX_OUTPUT, timeout: 15_000 },
      (_error, stdout) => resolve(parseProcesses(stdout)),
    );
  });

export const parseProcesses = (text: string): readonly ProcessEntry[] => {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    // PowerShell is missing or was too slow: nothing is known.
    return [];
  }
  return (Array.isArray(rows) ? (rows as readonly Row[]) : []).map((row) => ({
    pid: row.p,
    parent: row.q,
    session: null,
    startTime: null,
    zombie: false,
    command: row.c ?? row.n,
    rssBytes: row.r,
    cpuMs: row.u === null || row.k === null ? null : Math.round((row.u + row.k) / TIME_UNITS_PER_MS),
  }));
};
