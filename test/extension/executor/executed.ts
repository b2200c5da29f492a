/** What an extension was told of a line that it had a terminal run. */
export interface Executed {
  readonly line: string;
  readonly terminal: string;
  readonly exitCode: number | undefined;
  /** As VS Code hands it out, with escape sequences. */
  readonly output: string;
}
