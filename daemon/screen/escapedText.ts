const ESCAPED = /\\(\\|x[0-9a-fA-F]{2})/g;

/**
 * A field of VS Code's sequences (OSC 633) as it was meant: they write a backslash as `\\`, and a semicolon and control
 * characters as `\xAB` (code.visualstudio.com/docs/terminal/shell-integration).
 */
export const unescaped = (text: string): string =>
  text.replace(ESCAPED, (_, code: string) =>
    code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
