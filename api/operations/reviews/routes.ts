import { findReview, listReviews, type ReviewView } from '../../../db/reviews-read.ts';
import { type ReviewAnswer, type ReviewKind, reviewAnswers } from '../../../shared/reviews.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { answerReview } from './answer-review.ts';
import { answerBody, reviewPageSchema, reviewSchema, reviewsQuery } from './schema.ts';

function present(review: ReviewView) {
  const { id, company, kind, entity, workflowId, question, status, answer, answeredBy } = review;
  const { createdAt, answeredAt, dueAt } = review;
  const answers = reviewAnswers[kind as ReviewKind] ?? [];
  return {
    ...{ id, company, kind, entity, workflowId, question, answers, status, answer, answeredBy },
    ...{ createdAt, answeredAt, dueAt },
  };
}

export function reviewEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/api/reviews',
      tag: 'Reviews',
      summary: 'Questions to people, newest first',
      query: reviewsQuery,
      success: { status: 200, description: 'A page of reviews.', schema: reviewPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const { items, next } = await listReviews(db, { ...query, companyId }, pageRequest(query));
        return { body: presentPage({ items: items.map(present), next }) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/reviews/{id}',
      tag: 'Reviews',
      summary: 'One question',
      params: idParams,
      success: { status: 200, description: 'The review.', schema: reviewSchema },
      problems: [404],
      async handle({ params, caller }) {
        const review = await findReview(db, caller.companyId, params.id);
        if (!review) throw notFound('review');
        return { body: present(review) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/reviews/{id}/answer',
      tag: 'Reviews',
      summary: 'Answer a question; the waiting workflow goes on',
      params: idParams,
      body: answerBody,
      success: { status: 200, description: 'The workflow took the answer.', schema: reviewSchema },
      problems: [404, 409],
      async handle({ params, body, caller, context }) {
        const { action, wish } = body;
        const answer: ReviewAnswer = { action, ...(wish ? { wish } : {}) };
        return { body: present(await answerReview(deps, caller, params.id, answer, context)) };
      },
    }),
  ];
}
