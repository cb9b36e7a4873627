import { z } from 'zod';
import { callProviders } from '../../../shared/daily-calls/providers.ts';
import { attemptStatuses, callEndings } from '../../../shared/daily-calls/vocabulary.ts';
import { companySlug, createdRange, localDate, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

const filters = { status: z.enum(['open', 'ended']).optional(), outcome: z.enum(callEndings).optional() };

const { company: _, ...pageQuery } = listQuery;
export const userDaysQuery = z.strictObject({ ...pageQuery, ...createdRange, ...filters });

export const callDaysQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  ...filters,
  userId: z.uuid().optional(),
  date: localDate.optional().meta({ description: "By the persons' own calendars." }),
});

const attemptFields = {
  id: z.uuid(),
  userId: z.uuid(),
  localDate,
  number: z.int().meta({ description: '1 is the first call of the day.' }),
  provider: z.enum(callProviders),
  providerCallId: z.string().nullable(),
  variant: z.string().nullable().meta({ description: 'Of the agent script.' }),
  status: z.enum(attemptStatuses).meta({
    description: 'withdrawn: the last look before dialling said no; unreported: its end never came.',
  }),
  endedReason: z.string().nullable(),
  plannedFor: timestamp,
  dialledAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
  durationMs: z.int().nullable(),
  analysisStatus: z.enum(['done', 'failed', 'nothing-said']).nullable(),
  sentiment: z.string().nullable(),
  mood: z.string().nullable(),
  createdAt: timestamp,
};

const callAttemptSchema = z.object(attemptFields).meta({ id: 'CallAttempt' });

export const callAttemptDetailSchema = z
  .object({
    ...attemptFields,
    company: companySlug,
    transcript: z.string().nullable(),
    recordingUrl: z.string().nullable(),
    analysis: z
      .unknown()
      .meta({ description: "Summary, sentiment, mood and answers to the script's questions." }),
    notices: z.array(
      z.object({
        channel: z.enum(['email', 'sms']),
        status: z.enum(['pending', 'sent', 'failed', 'unknown', 'skipped']),
        reason: z.string().nullable(),
        sentAt: timestamp.nullable(),
      }),
    ),
  })
  .meta({ id: 'CallAttemptDetail', description: 'What was said is null once the person was erased.' });

const callDaySchema = z
  .object({
    userId: z.uuid(),
    company: companySlug,
    externalId: z.string().nullable(),
    localDate: localDate.meta({ description: "By the person's calendar." }),
    timeZone: z.string(),
    dueAt: timestamp.meta({ description: 'When the next attempt is (or the last one was) to be made.' }),
    status: z.enum(['open', 'ended']),
    outcome: z.enum(callEndings).nullable(),
    reason: z.string().nullable(),
    endedAt: timestamp.nullable(),
    createdAt: timestamp,
    attempts: z.array(callAttemptSchema),
  })
  .meta({ id: 'CallDay', description: 'A local day of a user.' });

export const callDayPageSchema = pageOf(callDaySchema);
