/** When each part counts as not well. Inventory E: depth over 1000, waits over 60 s, failures over 5 %. */
export const heartbeatLimits = {
  postgresMs: 1_000,
  temporalMs: 3_000,
  vendorMs: 5_000,
  /** The oldest task of a queue. */
  queueWaitMs: 60_000,
  queueDepth: 1_000,
  /** A worker asks at least once a minute. */
  pollerMs: 120_000,
  /** The oldest event that was accepted and not handed over. */
  inboxMs: 120_000,
  /** Failed runs are counted over this time; fewer than `failedRuns` say nothing. */
  failuresWithinMs: 15 * 60_000,
  failedRuns: 5,
  failedShare: 0.05,
  /** Three smoke tests that did not come. */
  smokeTestMs: 15 * 60_000,
};

export type HeartbeatLimits = typeof heartbeatLimits;
