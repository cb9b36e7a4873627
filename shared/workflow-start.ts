/** What operators can search for in Temporal; no personal data. */
export interface RunTags {
  companyId: string | null;
  domain: 'phone-desk' | 'daily-calls' | 'events' | 'profiles' | 'operations';
  entityId: string;
  tags: string[];
}

/** `critical, high, default, low` as Temporal priority keys. */
export const priorities = { critical: 1, high: 2, default: 3, low: 4 } as const;

/** Everything needed to start one run, as a pure value: the chain's `xStart(input)` makes it. */
export interface WorkflowStart<Args extends unknown[] = unknown[]> {
  workflowType: string;
  workflowId: string;
  taskQueue: string;
  args: Args;
  /** What happens when a closed run has this id. */
  whenClosed: 'start-again' | 'refuse';
  /** What happens when an open run has this id. */
  whenOpen: 'join' | 'refuse';
  /**
   * What only this start knows: a run that has its id already is told it by this signal, and a closed one is started
   * again for it. It may be told twice.
   */
  tellsExisting?: { signal: string; args: unknown[] };
  priority: (typeof priorities)[keyof typeof priorities];
  /** Shares workers fairly between companies. */
  fairnessKey: string;
  search: RunTags;
  /** Waits before the first workflow task; a signal ends the wait. */
  startDelayMs?: number;
  /** The same as a moment, for starts that may take a while to be made. ISO 8601, UTC. */
  startAt?: string;
}
