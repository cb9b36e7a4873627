import { z } from 'zod';
import { timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

export const triggerBody = z
  .strictObject({
    userId: z.uuid().optional().meta({ description: 'Only this user, and now; without it everybody due.' }),
    dryRun: z.boolean().default(false),
  })
  .default({ dryRun: false })
  .meta({ id: 'QueueTrigger' });

export const triggerResultSchema = z
  .object({
    success: z.literal(true),
    dryRun: z.boolean(),
    calls: z
      .array(z.object({ userId: z.uuid(), localDate: z.iso.date(), at: timestamp }))
      .meta({ description: 'Who is (or would be) called and when.' }),
    more: z.boolean().meta({ description: 'More users are due than one request takes.' }),
    notCalled: z
      .array(z.object({ reason: z.string(), count: z.int() }))
      .meta({ description: 'Dry run: why the others are not called.' }),
  })
  .meta({ id: 'QueueTriggered' });

const counts = {
  active: z.int().meta({ description: 'Attempts under way.' }),
  waiting: z.int().meta({ description: 'Open days between attempts or before the first.' }),
  failed: z.int().meta({ description: 'Ended today (by the clock of the person called), not reached.' }),
  completed: z.int().meta({ description: 'Ended today (by the clock of the person called), reached.' }),
};

export const statusSchema = z
  .object({
    success: z.literal(true),
    queue: z.object({
      name: z.literal('daily-calls'),
      health: z.enum(['healthy', 'late', 'paused']).meta({
        description:
          'late: somebody has been due for 5 minutes and nothing was started. paused: also of a company that is closed or without a subscription.',
      }),
      ...counts,
      crons: z.array(
        z.object({
          name: z.string(),
          cron: z.string(),
          next: z
            .int()
            .nullable()
            .meta({ description: 'Unix ms; null: paused, or the workflow server does not say.' }),
        }),
      ),
    }),
  })
  .meta({ id: 'QueueStatus' });

const { company } = listQuery;
export const statusQuery = z.strictObject({ company });
export const queuesQuery = z.strictObject(listQuery);

export const queuesSchema = pageOf(
  z
    .object({
      company: z.string(),
      paused: z.boolean(),
      suspended: z.boolean().meta({ description: 'Its subscription is over: no new day begins.' }),
      ...counts,
      oldestWaitingDueAt: timestamp.nullable(),
      nextDueAt: timestamp.nullable(),
      inLine: z.int().meta({ description: 'People who wait for a place on the line.' }),
    })
    .meta({ id: 'CompanyQueue' }),
);
