import { closeReview, type NewReview, openReview } from '../../../db/reviews.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { ReviewAnswer } from '../../../shared/reviews.ts';

export type ReviewRequest = Omit<NewReview, 'dueAt'>;

/** Questions to people, asked and closed by any workflow. */
export function createReviewActivities({ db, env, clock, effects }: Deps) {
  return {
    /** Puts a question before the people; says how long their answer is to be waited for. */
    async openReview(review: ReviewRequest): Promise<{ waitMs: number }> {
      const waitMs = env.REVIEW_WAIT_MS;
      await openReview(db, { ...review, dueAt: new Date(clock().getTime() + waitMs) });
      return { waitMs };
    },
    /** `null`: nobody answered in time. */
    async closeReview(reviewId: string, answer: ReviewAnswer | null): Promise<void> {
      await closeReview(db, reviewId, answer);
    },
    /** A person has found out what became of an effect. */
    async resolveUnknownEffect(effectKey: string, happened: boolean): Promise<void> {
      await effects.resolveUnknown(effectKey, happened);
    },
  };
}

export type ReviewActivities = ReturnType<typeof createReviewActivities>;
