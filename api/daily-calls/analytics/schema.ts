import { z } from 'zod';
import { analyticsDimensions } from '../../../db/daily-calls/analytics.ts';
import { localDate } from '../../fields.ts';
import { listQuery } from '../../paging.ts';

const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS;

export const analyticsQuery = z
  .strictObject({
    company: listQuery.company,
    from: localDate.meta({ description: "First local day of the users, in each one's own zone." }),
    to: localDate.meta({ description: 'Last local day of the users.' }),
    by: z.enum(analyticsDimensions).default('day').meta({
      description:
        "hour: of the user's own clock, at which the call was made. outcome: how the attempt stands or has ended.",
    }),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before from' })
  .refine(({ from, to }) => daysBetween(from, to) < MAX_DAYS, {
    path: ['to'],
    error: `at most ${MAX_DAYS} days at once`,
  });

const measures = {
  attempts: z.int().meta({ description: 'Calls that were made.' }),
  judged: z.int().meta({ description: 'Of them: it is known whether they reached somebody.' }),
  reached: z.int().meta({ description: 'Of them: a conversation.' }),
  reachRate: z.number().min(0).max(1).nullable().meta({ description: 'Reached of judged.' }),
  meanDurationMs: z.number().nullable().meta({ description: 'Of conversations.' }),
  medianDurationMs: z.number().nullable(),
  retries: z.int().meta({ description: 'Calls after another one on the same local day.' }),
  retriesThatHelped: z.int().meta({ description: 'Retries that became a conversation.' }),
  neverReachedDays: z.int().meta({
    description: 'Days on which every call was in vain; each counts where its last call does.',
  }),
};

export const callAnalyticsSchema = z
  .object({
    by: z.enum(analyticsDimensions),
    from: localDate,
    to: localDate,
    total: z.object(measures),
    groups: z.array(
      z.object({
        key: z.string().nullable().meta({
          description: 'Day, hour (00-23), zone, id of the variant (null: none), outcome or provider.',
        }),
        label: z.string().nullable().meta({ description: 'Of a variant: script and variant.' }),
        ...measures,
      }),
    ),
  })
  .meta({ id: 'CallAnalytics' });
