import { z } from 'zod';
import { type DriftKind, driftKinds } from '../../../shared/calendar-sync.ts';
import { companySlug, createdRange, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

export const syncRunSchema = z
  .object({
    id: z.uuid(),
    trigger: z.enum(['schedule', 'request']),
    status: z
      .enum(['requested', 'running', 'synced', 'key-refused', 'postponed', 'not-connected', 'failed'])
      .meta({
        description:
          'postponed: the calendar did not answer in time, the next one goes on; key-refused: see the alerts.',
      }),
    detail: z.record(z.string(), z.unknown()).meta({ description: 'What was read, and what differed.' }),
    createdAt: timestamp,
    startedAt: timestamp.nullable(),
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: 'CalendarSyncRun' });

export const syncRequestSchema = z
  .object({
    id: z.uuid().meta({ description: 'Of the run; one that waits already is answered with again.' }),
    company: companySlug,
    status: z.literal('requested'),
  })
  .meta({ id: 'CalendarSyncRequest' });

const kinds = Object.keys(driftKinds) as [DriftKind, ...DriftKind[]];

export const bookingSyncSchema = z
  .object({
    company: companySlug,
    last: syncRunSchema.nullable().meta({ description: 'The newest run.' }),
    lastSynced: syncRunSchema.nullable().meta({ description: 'The newest run that compared everything.' }),
    takenOverUntil: timestamp
      .nullable()
      .meta({ description: "Changes in the calendar are taken over up to here, by the calendar's clock." }),
    open: z
      .partialRecord(z.enum(kinds), z.int())
      .meta({ description: 'What differs now, by kind; see /calendar-drift.' }),
  })
  .meta({ id: 'BookingSync' });

export const driftsQuery = z.strictObject({
  limit: listQuery.limit,
  cursor: listQuery.cursor,
  ...createdRange,
  kind: z.enum(kinds).optional(),
  open: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'true: what differs now; false: what is over.' }),
});

const side = z
  .object({
    status: z.string(),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .nullable();

const rules = kinds.map((kind) => `${kind}: ${driftKinds[kind]}`).join(' ');

export const driftSchema = z
  .object({
    id: z.uuid(),
    appointmentId: z.uuid().nullable(),
    bookingUid: z.string(),
    kind: z.enum(kinds).meta({ description: rules }),
    says: z.string(),
    here: side,
    there: side,
    outcome: z.string().meta({
      description:
        'What was done: created, moved, cancelled, no-show (the calendar was followed), cancelled-there, conflict and ' +
        'gone (a person is asked), under-way (the appointment follows), calendar-won, cancellation-won, refused, unchanged, ignored; open: nothing yet.',
    }),
    timesSeen: z.int().meta({ description: 'How many comparisons have found it.' }),
    told: z
      .enum(['due', 'sent', 'unknown', 'refused'])
      .nullable()
      .meta({ description: 'Whether the company was told by mail; null: there is nothing to tell.' }),
    toldAt: timestamp.nullable(),
    createdAt: timestamp,
    lastSeenAt: timestamp,
    resolvedAt: timestamp.nullable(),
  })
  .meta({ id: 'CalendarDrift' });

export const driftPageSchema = pageOf(driftSchema);
