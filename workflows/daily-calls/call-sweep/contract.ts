/** What one sweep did. */
export interface SweepResult {
  status: 'swept';
  /** Users whose moment was due and whose next one was planned. */
  claimed: number;
  /** Days whose run was started. */
  started: number;
}
