/** How a no-op came through one task queue. */
export interface Crossing {
  taskQueue: string;
  /** From its being put there to its answer; null: not within the limit. */
  latencyMs: number | null;
}

export interface SmokeTestResult {
  status: 'crossed' | 'stalled';
  /** Queues that were not crossed in time. */
  stalled: string[];
}
