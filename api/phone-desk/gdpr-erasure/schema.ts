import { z } from 'zod';
import { companySlug, timestamp } from '../../fields.ts';

/** Article 17(1) GDPR, a to e. A word of a list, so that no name can stand in it. */
export const erasureBody = z
  .strictObject({
    reason: z
      .enum(['no-longer-needed', 'consent-withdrawn', 'objection', 'unlawful', 'legal-duty'])
      .meta({ description: 'Which ground of Article 17(1) GDPR it is.' }),
  })
  .meta({ id: 'NewErasure' });

export const acceptedErasureSchema = z
  .object({ id: z.uuid(), status: z.literal('accepted') })
  .meta({ id: 'AcceptedErasure' });

const kind = z.enum(['customer', 'call-user']);

export const erasureSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    subject: kind,
    subjectId: z.uuid(),
    reason: z.string(),
    requestedBy: z.string(),
    status: z.enum(['accepted', 'erasing', 'erased', 'partly-erased', 'held']).meta({
      description:
        'partly-erased: a vendor did not delete what it was told to, or something here does not go (`remains`); held: a legal hold came first.',
    }),
    sameNumber: z
      .array(z.object({ kind, id: z.uuid() }))
      .meta({ description: 'Other records of the company with the same number; they stay.' }),
    found: z
      .record(z.string(), z.int())
      .meta({ description: 'What was found and destroyed, counted, by place.' }),
    remains: z.array(z.object({ vendor: z.string(), what: z.string(), ids: z.array(z.string()) })).meta({
      description:
        'What only the vendor can destroy, by its ids; of `switchboard`: what does not go here, and how much.',
    }),
    createdAt: timestamp,
    begunAt: timestamp.nullable(),
    keyDestroyedAt: timestamp
      .nullable()
      .meta({ description: 'From then on nobody can read what was sealed, in backups neither.' }),
    verifiedAt: timestamp
      .nullable()
      .meta({ description: 'When every place was last looked at and nothing was found.' }),
    finishedAt: timestamp.nullable(),
  })
  .meta({
    id: 'Erasure',
    description: 'A request to be forgotten and the proof of it; ids and counts only.',
  });
