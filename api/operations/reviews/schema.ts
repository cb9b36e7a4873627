import { z } from 'zod';
import { type ReviewAction, type ReviewKind, reviewAnswers } from '../../../shared/reviews.ts';
import { companySlug, createdRange, localDate, localTime, text, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

const status = z.enum(['open', 'answered', 'expired']);
const kind = z.enum(Object.keys(reviewAnswers) as [ReviewKind, ...ReviewKind[]]);
const actions = [...new Set(Object.values(reviewAnswers).flat())] as [ReviewAction, ...ReviewAction[]];

export const reviewsQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  status: status.optional(),
  kind: kind.optional(),
});

export const reviewSchema = z
  .object({
    id: z.uuid(),
    company: companySlug.nullable(),
    kind,
    entity: z.string().meta({ description: 'What the question is about.' }),
    workflowId: z.string(),
    question: z.record(z.string(), z.unknown()),
    answers: z.array(z.string()).meta({ description: 'The actions that this question takes.' }),
    status,
    answer: z.record(z.string(), z.unknown()).nullable(),
    answeredBy: z.string().nullable().meta({ description: 'Name of the API key that gave the answer.' }),
    createdAt: timestamp,
    answeredAt: timestamp.nullable(),
    dueAt: timestamp.nullable(),
  })
  .meta({ id: 'Review' });

export const reviewPageSchema = pageOf(reviewSchema);

export const answerBody = z
  .strictObject({
    action: z.enum(actions),
    wish: z
      .strictObject({
        service: text(100).meta({ description: 'Slug of the service.' }),
        date: localDate,
        time: localTime.meta({ description: "Local time in the company's zone." }),
        staff: z.email().max(200).nullable().default(null).meta({ description: 'E-mail; null: anyone.' }),
      })
      .optional()
      .meta({ description: 'Only with action `book`.' }),
  })
  .meta({ id: 'ReviewAnswer' });
