export class Scratch {
  readonly environment: Readonly<Record<string, string | undefined>>;
  leftovers(): Promise<string[]>;
  endPrograms(): void;
  remove(): void;
}
