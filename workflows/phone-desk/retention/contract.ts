/** How much of what had had its time. */
export interface RetentionCounts {
  recordings: number;
  transcripts: number;
  attemptTexts: number;
  events: number;
}

export interface RetentionResult {
  status: 'tidied';
  deleted: RetentionCounts;
}
