/** The part of node-pty below its public classes: what unixTerminal.js itself is built on. */
declare module 'node-pty/lib/utils' {
  export interface UnixPtyNative {
    fork(
      file: string,
      args: readonly string[],
      environment: readonly string[],
      cwd: string,
      cols: number,
      rows: number,
      uid: number,
      gid: number,
      utf8: boolean,
      helperPath: string,
      onExit: (exitCode: number, signal: number) => void,
    ): { readonly fd: number; readonly pid: number; readonly pty: string };
    open(
      cols: number,
      rows: number,
    ): { readonly master: number; readonly slave: number; readonly pty: string };
    resize(fd: number, cols: number, rows: number, widthPixels: number, heightPixels: number): void;
    process(fd: number, pty?: string): string | undefined;
  }
  /** `dir` is relative to the folder node-pty's own code is in, or to the bundle's. */
  export function loadNativeModule(name: 'pty'): { readonly dir: string; readonly module: UnixPtyNative };
}
