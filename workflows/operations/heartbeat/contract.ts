/** What one look at all parts came to. */
export interface HeartbeatResult {
  /** `missed`: it could not be written down in time; whoever waits for heartbeats notices. */
  status: 'beat' | 'missed';
  /** Names of the parts that do not do well. */
  unwell: string[];
}
