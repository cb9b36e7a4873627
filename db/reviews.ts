import type { Kysely } from 'kysely';
import type { ReviewAnswer, ReviewKind } from '../shared/reviews.ts';
import type { Database } from './tables/database.ts';

export interface NewReview {
  id: string;
  companyId: string | null;
  kind: ReviewKind;
  workflowId: string;
  /** What the question is about: a call, an appointment, an effect. */
  entity: string;
  /** No personal data: ids, reasons, choices. */
  question: Record<string, unknown>;
  dueAt: Date | null;
}

/** Puts a question in front of a person; asking again with the same id changes nothing. */
export async function openReview(db: Kysely<Database>, review: NewReview): Promise<void> {
  await db
    .insertInto('reviews')
    .values({
      id: review.id,
      company_id: review.companyId,
      kind: review.kind,
      workflow_id: review.workflowId,
      entity: review.entity,
      question: JSON.stringify(review.question),
      answer: null,
      answered_by: null,
      answered_at: null,
      due_at: review.dueAt,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Closes a question with its answer, or as expired (null). */
export async function closeReview(
  db: Kysely<Database>,
  reviewId: string,
  answer: ReviewAnswer | null,
): Promise<void> {
  await db
    .updateTable('reviews')
    .set(
      answer
        ? { status: 'answered', answer: JSON.stringify(answer), answered_at: new Date() }
        : { status: 'expired' },
    )
    .where('id', '=', reviewId)
    .where('status', '=', 'open')
    .execute();
}
