import { z } from 'zod';
import { companySlug, momentParameter, text, timestamp } from '../../fields.ts';
import { numberedListQuery, pageOf } from '../../paging.ts';

const status = z.enum(['pending', 'done', 'ignored', 'failed']);

export const inboxEventsQuery = z.strictObject({
  ...numberedListQuery,
  source: text(50).optional(),
  status: status.optional(),
  entity: text(300).optional().meta({ description: 'The workflow id that the event belongs to.' }),
  receivedFrom: momentParameter,
  receivedBefore: momentParameter,
});

export const inboxEventParams = z.strictObject({
  id: z.string().regex(/^\d{1,18}$/, 'must be a number'),
});

export const inboxEventSchema = z
  .object({
    id: z.string(),
    company: companySlug.nullable(),
    source: z.string(),
    eventKey: z.string(),
    eventType: z.string(),
    entity: z.string().nullable().meta({ description: 'null: no chain listens to this type.' }),
    status,
    attempts: z.int(),
    duplicates: z.int().meta({ description: 'How often it came again.' }),
    lastError: z.string().nullable(),
    requestId: z.string(),
    traceParent: z.string().nullable(),
    receivedAt: timestamp,
    doneAt: timestamp.nullable(),
  })
  .meta({ id: 'InboxEvent' });

export const inboxEventPageSchema = pageOf(inboxEventSchema);

export const rawBodySchema = z.string().meta({ description: 'The body exactly as it came in.' });
