export function removeDeadSockets(options: {
  readonly since: number;
  readonly folders?: readonly string[];
}): Promise<readonly string[]>;
