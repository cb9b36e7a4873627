import { isDeepStrictEqual } from 'node:util';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { findCompany } from '../../../db/companies.ts';
import { recordAnswer } from '../../../db/reviews.ts';
import { findReview, type ReviewView } from '../../../db/reviews-read.ts';
import { checkReviewAnswer, type ReviewAnswer, type ReviewKind } from '../../../shared/reviews.ts';
import { answerReviewUpdate } from '../../../workflows/lib/review-messages.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, invalidRequest, notFound, unavailable } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { findServiceId, findStaffId, isProblem } from '../../phone-desk/offer.ts';
import { readStart } from '../../phone-desk/start-moment.ts';

const UPDATE_DEADLINE_MS = 10_000;
const RETRY_AFTER_SEC = 10;

/** Gives the answer to the workflow that waits for it, which closes the review. */
export async function answerReview(
  deps: ApiDeps,
  caller: Caller,
  reviewId: string,
  answer: ReviewAnswer,
  context: RequestContext,
): Promise<ReviewView> {
  const { db } = deps;
  const review = await findReview(db, caller.companyId, reviewId);
  if (!review) throw notFound('review');
  if (review.status !== 'open') throw conflict(`review-${review.status}`, `The review is ${review.status}.`);
  const misfit = checkReviewAnswer(review.kind as ReviewKind, answer);
  if (misfit)
    throw invalidRequest([{ path: misfit.startsWith('wish') ? 'wish' : 'action', message: misfit }]);
  if (answer.wish) await checkWish(deps, review.companyId, answer);

  // First who, then the deed: an answer that is under way when this process dies still has its author.
  await recordAnswer(db, { reviewId, answer, actor: caller.name, requestId: context.requestId });
  await updateWorkflow(deps, review.workflowId, reviewId, answer);

  const answered = await findReview(db, caller.companyId, reviewId);
  if (!answered) throw notFound('review');
  // Of two answers at once the workflow took one; the update id is the review's, so both got its outcome.
  if (!isDeepStrictEqual(answered.answer ?? answer, answer)) {
    throw conflict('review-answered', 'The review was answered otherwise.');
  }
  return answered;
}

async function updateWorkflow(
  { temporal }: ApiDeps,
  workflowId: string,
  reviewId: string,
  answer: ReviewAnswer,
): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
      temporal.workflow
        .getHandle(workflowId)
        .executeUpdate(answerReviewUpdate, { args: [{ reviewId, answer }], updateId: reviewId }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      throw conflict('workflow-ended', 'The workflow that asked has ended; nothing waits for this answer.');
    }
    if (error instanceof WorkflowUpdateFailedError) {
      throw conflict('answer-refused', 'The workflow no longer takes this answer.');
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      throw unavailable(
        'no-answer-in-time',
        'No worker took the answer in time. Send it again; it counts once.',
        RETRY_AFTER_SEC,
      );
    }
    throw error;
  }
}

/** The corrected wish against what the company offers and its clock. */
async function checkWish(
  { db, clock }: ApiDeps,
  companyId: string | null,
  answer: ReviewAnswer,
): Promise<void> {
  const { action, wish } = answer;
  if (action !== 'book' || !wish)
    throw invalidRequest([{ path: 'wish', message: 'goes only with action "book"' }]);
  const company = companyId ? await findCompany(db, companyId) : undefined;
  if (!company) throw conflict('review-without-company', 'Nothing can be booked: no company is known.');
  const service = await findServiceId(db, company.id, wish.service, 'wish.service');
  const staff = await findStaffId(db, company.id, wish.staff, 'wish.staff');
  const start = readStart({ date: wish.date, time: wish.time }, company.time_zone, clock());
  const problems = [service, staff].filter(isProblem);
  if (isProblem(start)) problems.push({ ...start, path: `wish.${start.path}` });
  if (problems.length > 0) throw invalidRequest(problems);
}
