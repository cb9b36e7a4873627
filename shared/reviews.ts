/** What a person may be asked, and the answers each question takes. */
export const reviewAnswers = {
  'ambiguous-wish': ['book', 'dismiss'],
  'change-request': ['done', 'dismiss'],
  'booking-failed': ['retry', 'dismiss'],
  'unknown-effect': ['happened', 'did-not-happen'],
  'unroutable-call': ['retry', 'dismiss'],
  'calendar-conflict': ['retry', 'dismiss'],
  'calendar-booking-gone': ['cancel', 'retry', 'dismiss'],
} as const;

export type ReviewKind = keyof typeof reviewAnswers;
export type ReviewAction = (typeof reviewAnswers)[ReviewKind][number];

/** The corrected wish of an `ambiguous-wish` answer; local date and time in the company's zone. */
export interface CorrectedWish {
  /** Slug of the service. */
  service: string;
  /** `YYYY-MM-DD` */
  date: string;
  /** `HH:MM` */
  time: string;
  /** E-mail of the staff member, or null for anyone who can. */
  staff: string | null;
}

/** A person's decision; `wish` only with `book`. */
export interface ReviewAnswer {
  action: ReviewAction;
  wish?: CorrectedWish;
}

/** Whether this answer fits this question; the reason when it does not. */
export function checkReviewAnswer(kind: ReviewKind, answer: ReviewAnswer): string | null {
  const allowed: readonly string[] = reviewAnswers[kind];
  if (!allowed.includes(answer.action)) return `action must be one of: ${allowed.join(', ')}`;
  if (answer.action === 'book' && !answer.wish) return 'wish is required with action "book"';
  return null;
}
