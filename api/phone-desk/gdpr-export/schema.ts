import { z } from 'zod';
import { companySlug, timestamp } from '../../fields.ts';

const code = z.string().meta({
  description: 'Told once. Give it to the person by another way than the link.',
  example: 'K7QD-2MXP',
});

export const acceptedExportSchema = z
  .object({ id: z.uuid(), status: z.literal('accepted'), code, expiresAt: timestamp })
  .meta({ id: 'AcceptedExport' });

export const newCodeSchema = z
  .object({ id: z.uuid(), code })
  .meta({ id: 'ExportCode', description: 'The former code opens nothing any more.' });

export const exportSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    subject: z.enum(['customer', 'call-user']),
    subjectId: z.uuid(),
    requestedBy: z.string(),
    status: z.enum(['accepted', 'building', 'ready', 'failed', 'downloaded', 'expired', 'erased']),
    progress: z.int().meta({ description: 'Percent.' }),
    contents: z.record(z.string(), z.int()).nullable().meta({ description: 'How much of what is in it.' }),
    failure: z.string().nullable(),
    bytes: z.int().nullable().meta({ description: 'As stored, sealed.' }),
    triesLeft: z.int().meta({ description: 'Wrong codes that are taken until a new one is needed.' }),
    delivery: z.enum(['sent', 'no-address', 'refused', 'not-sent']).nullable().meta({
      description: 'How the link reached the person; when it did not, `link` is for you to hand on.',
    }),
    link: z.string().nullable(),
    expiresAt: timestamp,
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: 'Export', description: 'A copy of what is kept of a person, for that person.' });
