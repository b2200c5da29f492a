/** Characters that no shell gives a meaning; anything else is quoted. */
const PLAIN = process.platform === 'win32' ? /^[\w.:\\/-]+$/ : /^[\w.:/@%+,-]+$/;

/**
 * A path as one word of a command line. In POSIX shells, fish and PowerShell single quotes keep all that a path may hold
 * but themselves, which the first two write as `'\''`; on Windows paths hold no double quotes, and cmd knows no others.
 */
export const quotedPath = (path: string): string => {
  if (PLAIN.test(path)) {
    return path;
  }
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
};
