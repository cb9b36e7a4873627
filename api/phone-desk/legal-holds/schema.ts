import { z } from 'zod';
import { text, timestamp } from '../../fields.ts';

export const legalHoldBody = z
  .strictObject({
    reference: text(200).meta({ description: 'Of the matter, e.g. a file number; no personal data.' }),
  })
  .meta({ id: 'NewLegalHold' });

export const legalHoldSchema = z
  .object({ id: z.uuid(), reference: z.string(), placedBy: z.string(), placedAt: timestamp })
  .meta({ id: 'LegalHold', description: 'Keeps everything of a person where it is.' });

export const releasedHoldSchema = z
  .object({ id: z.uuid(), status: z.literal('released') })
  .meta({ id: 'ReleasedLegalHold' });
