import { z } from 'zod';

const TEN_YEARS_DAYS = 3_650;
const days = z.int().min(0).max(TEN_YEARS_DAYS).nullable().optional();

export const retentionBody = z
  .strictObject({
    recordingsDays: days.meta({ description: '0: for ever; null: as the installation has it.' }),
    transcriptsDays: days.meta({ description: 'Transcripts, analyses and wishes.' }),
  })
  .refine((body) => Object.keys(body).length > 0, 'give recordingsDays or transcriptsDays');

const kept = z.object({
  days: z.int().nullable().meta({ description: 'null: for ever.' }),
  setBy: z.enum(['company', 'installation']),
});

export const retentionSchema = z
  .object({ recordings: kept, transcripts: kept })
  .meta({ id: 'Retention', description: 'How many days after a call what is deleted, once a day.' });
