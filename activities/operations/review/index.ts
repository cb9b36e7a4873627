import { closeReview, type NewReview, openReview } from '../../../db/reviews.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { ReviewAnswer } from '../../../shared/reviews.ts';

/** A review without its due time, which is stated as a wait from now. */
export type ReviewRequest = Omit<NewReview, 'dueAt'> & { waitMs: number };

/** Questions to people, asked and closed by any workflow. */
export function createReviewActivities({ db, clock, effects }: Deps) {
  return {
    async openReview({ waitMs, ...review }: ReviewRequest): Promise<void> {
      await openReview(db, { ...review, dueAt: new Date(clock().getTime() + waitMs) });
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
