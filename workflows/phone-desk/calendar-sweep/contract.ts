/** What one sweep did. */
export interface CalendarSweepResult {
  status: 'swept';
  /** Companies whose comparison was started, or is under way. */
  companies: number;
}
