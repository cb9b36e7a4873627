import { z } from 'zod';
import { companySlug, createdRange, text, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

export const callsQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  status: z.enum(['ongoing', 'ended', 'analyzed']).optional(),
  outcome: text(50).optional(),
  customerId: z.uuid().optional(),
});

export const callSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    customerId: z.uuid().nullable(),
    vendor: z.string(),
    vendorCallId: z.string(),
    agentId: z.string(),
    direction: z.string(),
    status: z.enum(['ongoing', 'ended', 'analyzed']),
    disconnectionReason: z.string().nullable(),
    startedAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    durationMs: z.int().nullable(),
    fromNumber: z
      .string()
      .nullable()
      .meta({ description: 'null when hidden, or when the person was erased.' }),
    outcome: z.string().nullable(),
    outcomeDetail: z.record(z.string(), z.unknown()).nullable(),
    settledAt: timestamp.nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'Call' });

export const callDetailSchema = z
  .object({
    ...callSchema.shape,
    transcript: z.string().nullable(),
    analysis: z.unknown().meta({ description: "The provider's analysis, as it came." }),
    recordingUrl: z.string().nullable(),
    wish: z.unknown().meta({ description: 'What the caller wanted, as it was read.' }),
    transcriptDeletedAt: timestamp
      .nullable()
      .meta({ description: 'When what was said was deleted, after its time.' }),
    refreshedAt: timestamp.nullable().meta({ description: 'When it was last read at the provider.' }),
    refreshStatus: z
      .enum(['refreshed', 'not-known', 'unavailable', 'past-retention', 'erased'])
      .nullable()
      .meta({ description: 'How the last refresh ended.' }),
    recording: z
      .object({
        status: z.enum(['kept', 'none', 'gone', 'too-large', 'unavailable', 'deleted']),
        keptAt: timestamp.nullable(),
      })
      .nullable()
      .meta({ description: 'Our copy of the recording; null: nobody has looked for it yet.' }),
    erasedAt: timestamp.nullable().meta({ description: 'When the person was erased.' }),
  })
  .meta({ id: 'CallDetail' });

export const recordingLinkSchema = z
  .object({
    url: z.string().meta({ description: 'Whoever has it gets the recording, until it expires.' }),
    expiresAt: timestamp,
  })
  .meta({ id: 'RecordingLink' });

export const refreshSchema = z
  .object({ callId: z.uuid(), status: z.literal('accepted') })
  .meta({ id: 'AcceptedRefresh' });

export const callPageSchema = pageOf(callSchema);
