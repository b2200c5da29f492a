/** What one fault, injected for real some number of times, has come to. */
export interface FaultResult {
  readonly survived: number;
  /** Milliseconds from each fault until everything was served again. */
  readonly recoveries: readonly number[];
  /** Bytes of output that were compared one by one. */
  readonly bytesChecked: number;
  /** For people: what else was measured. */
  readonly notes: readonly string[];
}

export interface FaultContext {
  /** How often the fault is injected. */
  readonly times: number;
  /** The same seed gives the same moments. */
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** A bad day, and what must hold afterwards. */
export interface Fault {
  readonly name: string;
  readonly title: string;
  /** Times of a whole run. */
  readonly times: number;
  /** What this machine lacks for it; false when nothing. */
  readonly missing?: () => string | false;
  /** @throws Error naming what did not hold */
  run(context: FaultContext): Promise<FaultResult>;
}
