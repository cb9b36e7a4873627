import { type Kysely, sql } from 'kysely';
import type { ReviewAnswer, ReviewKind } from '../shared/reviews.ts';
import { recordAudit } from './audit.ts';
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

const ANSWER = 'review.answer';
const auditEntity = (reviewId: string) => `review/${reviewId}`;

/** Notes in the audit log who gives an answer; to be called before the answer is sent. */
export async function recordAnswer(
  db: Kysely<Database>,
  given: { reviewId: string; answer: ReviewAnswer; actor: string; requestId: string },
): Promise<void> {
  const { reviewId, answer, actor, requestId } = given;
  const entity = auditEntity(reviewId);
  await recordAudit(db, { actor, action: ANSWER, entity, requestId, detail: { ...answer } });
}

/**
 * Closes a question with its answer, or as expired (null). Who answered comes from the audit log, so that no
 * run carries a name: whoever gave this very answer last.
 */
export async function closeReview(
  db: Kysely<Database>,
  reviewId: string,
  answer: ReviewAnswer | null,
): Promise<void> {
  const given = JSON.stringify(answer);
  await db
    .updateTable('reviews')
    .set((eb) =>
      answer
        ? {
            status: 'answered',
            answer: given,
            answered_at: new Date(),
            answered_by: eb
              .selectFrom('audit_log')
              .select('actor')
              .where('entity', '=', auditEntity(reviewId))
              .where('action', '=', ANSWER)
              .where(sql<boolean>`detail = ${given}::jsonb`)
              .orderBy('id', 'desc')
              .limit(1),
          }
        : { status: 'expired' },
    )
    .where('id', '=', reviewId)
    .where('status', '=', 'open')
    .execute();
}
