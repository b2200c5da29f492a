import type { TerminalWait, WaitMatch } from '../../protocol/waits';

/** A line that says how a wait ended; below it, where nothing was met, the screen as it is. */
export const waitText = (result: TerminalWait.Result): string => {
  const seconds = `${(result.elapsedMs / 1000).toFixed(1)} s`;
  if (result.outcome === 'matched') {
    return `matched --${result.condition ?? ''} after ${seconds}${told(result.matched ?? {})}\n`;
  }
  const { exit, screen } = result;
  const how = exit?.signal ?? `status ${exit?.exitCode ?? 'unknown'}`;
  const first =
    result.outcome === 'exited'
      ? `the program has ended (${how}) after ${seconds}`
      : `nothing within ${seconds}`;
  const last = screen.lines.findLastIndex((line) => line !== '');
  return [first, ...screen.lines.slice(0, last + 1)].map((line) => `${line}\n`).join('');
};

const told = ({ text, row, col, exitCode }: WaitMatch): string => {
  const parts = [
    ...(typeof text === 'string' ? [JSON.stringify(text)] : []),
    ...(row === undefined || col === undefined ? [] : [`row ${row}, column ${col}`]),
    ...(exitCode === undefined || exitCode === null ? [] : [`status ${exitCode}`]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
};
