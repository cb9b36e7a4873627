import { z } from 'zod';
import { moment, text, timestamp } from '../../fields.ts';

export const scheduleParams = z.strictObject({ id: text(200) });

export const pauseBody = z
  .strictObject({ reason: text(500).meta({ description: 'Shown beside the schedule while it is paused.' }) })
  .meta({ id: 'SchedulePause' });

export const backfillBody = z
  .strictObject({
    from: moment.meta({ description: 'The first moment that is made up for.' }),
    to: moment.meta({ description: 'The last one; not in the future.' }),
  })
  .meta({ id: 'ScheduleBackfill' });

const run = z.object({
  workflowId: z.string(),
  scheduledAt: timestamp,
  startedAt: timestamp,
  outcome: z
    .enum(['running', 'completed', 'failed', 'cancelled', 'terminated', 'timed-out', 'continued', 'gone'])
    .meta({ description: '`gone`: Temporal does not remember the run any more.' }),
  endedAt: timestamp.nullable(),
});

export const scheduleSchema = z
  .object({
    id: z.string(),
    does: z.string().meta({ description: 'What it is there for.' }),
    workflowType: z.string(),
    taskQueue: z.string(),
    everyMs: z.int().nullable().meta({ description: 'null: it is monthly.' }),
    monthly: z
      .object({ day: z.int(), hourUtc: z.int() })
      .nullable()
      .meta({ description: 'null: it comes at intervals.' }),
    catchUpMs: z.int().meta({ description: 'A run that was missed for longer is not made up for.' }),
    applied: z
      .boolean()
      .meta({ description: 'false: Temporal does not have it; `npm run schedules` brings it there.' }),
    paused: z.boolean(),
    pauseReason: z.string().nullable(),
    nextRuns: z.array(timestamp).meta({ description: 'Empty while it is paused.' }),
    running: z.array(z.string()).meta({ description: 'Workflow ids.' }),
    recentRuns: z.array(run).meta({ description: 'The newest first.' }),
    counts: z.object({ started: z.int(), skippedWhileRunning: z.int(), missed: z.int() }),
    lastFailure: z.object({ workflowId: z.string(), at: timestamp, error: z.string() }).nullable(),
  })
  .meta({ id: 'Schedule' });

export const scheduleListSchema = z.object({ items: z.array(scheduleSchema) });

export const backfillSchema = z
  .object({
    runs: z.int().meta({ description: 'How many runs are made up for, one after the other.' }),
    first: timestamp,
    last: timestamp,
  })
  .meta({ id: 'ScheduleBackfillOrder' });
