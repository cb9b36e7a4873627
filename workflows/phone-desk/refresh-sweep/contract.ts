/** What one sweep did. */
export interface RefreshSweepResult {
  status: 'swept';
  /** Calls whose refresh was started. */
  started: number;
}
