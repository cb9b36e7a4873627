import { condition, patched, setHandler, uuid4, workflowInfo } from '@temporalio/workflow';
import type { ReviewActivities } from '../../activities/operations/review/index.ts';
import { failure } from '../../shared/failures.ts';
import { checkReviewAnswer, type ReviewAnswer, type ReviewKind } from '../../shared/reviews.ts';
import { databaseStep } from '../policies.ts';
import { answerReviewUpdate } from './review-messages.ts';
import { proxySteps } from './steps.ts';

const reviews = proxySteps<ReviewActivities>(databaseStep);

export interface Question {
  kind: ReviewKind;
  companyId: string | null;
  /** What it is about; an id. */
  entity: string;
  /** What the person needs to decide; no personal data. */
  question: Record<string, unknown>;
}

interface OpenReview {
  kind: ReviewKind;
  answer: ReviewAnswer | null;
  /** The answer is written and whoever gave it is told. */
  taken: boolean;
}

/** Asks people and waits for their answers; one per workflow run, made before the first wait. */
export class ReviewDesk {
  readonly #open = new Map<string, OpenReview>();
  /** Decided with the first question, for the whole run. */
  #answersInOrder: boolean | undefined;

  constructor() {
    setHandler(
      answerReviewUpdate,
      async ({ reviewId, answer }) => {
        const open = this.#open.get(reviewId)!;
        open.answer = answer;
        try {
          await reviews.closeReview(reviewId, answer);
        } finally {
          open.taken = true;
        }
      },
      {
        validator: ({ reviewId, answer }) => {
          const open = this.#open.get(reviewId);
          if (!open || open.answer) throw failure('InvalidInput', 'this review is not open (any more)');
          const problem = checkReviewAnswer(open.kind, answer);
          if (problem) throw failure('InvalidInput', problem);
        },
      },
    );
  }

  /** The person's answer; null when nobody answered in time, or when the question has answered itself. */
  async ask(question: Question, answersItself = () => false): Promise<ReviewAnswer | null> {
    this.#answersInOrder ??= patched('review-taken-first');
    const id = uuid4();
    const open: OpenReview = { kind: question.kind, answer: null, taken: false };
    this.#open.set(id, open);
    const { waitMs } = await reviews.openReview({ ...question, id, workflowId: workflowInfo().workflowId });
    try {
      await condition(() => open.answer !== null || answersItself(), waitMs);
      // What follows must not run beside the end of the update: which of the two comes first is chance.
      if (open.answer && this.#answersInOrder) await condition(() => open.taken);
    } finally {
      this.#open.delete(id);
      if (!open.answer) await reviews.closeReview(id, null);
    }
    return open.answer;
  }
}
