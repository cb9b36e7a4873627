import { defineUpdate } from '@temporalio/workflow';
import type { ReviewAnswer } from '../../shared/reviews.ts';

export interface AnsweredReview {
  reviewId: string;
  answer: ReviewAnswer;
}

/** A person's answer to an open review; every workflow that asks takes it. Use the review id as update id. */
export const answerReviewUpdate = defineUpdate<void, [AnsweredReview]>('answerReview');
