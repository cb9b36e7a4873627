import { z } from 'zod';
import { companyQuery } from '../../fields.ts';
import { csvColumns, MAX_ROWS } from './read-csv.ts';

export const importQuery = companyQuery.extend({
  dryRun: z.stringbool().default(false).meta({ type: 'boolean', description: 'Check only; write nothing.' }),
});

export const importBody = z
  .string('send the CSV file as the body')
  .min(1, 'the file is empty')
  .meta({
    description:
      `A header row, then a user per row, at most ${MAX_ROWS} rows and 5 MB. Columns: ${csvColumns.join(', ')}; ` +
      'snake_case is understood. A known external_id changes that user. An empty cell leaves the field as it is, ' +
      '`null` empties it. Lists are written with spaces (`1 2 3`), delays as `no-answer=20 busy=null`.',
    example: 'external_id,phone,time_zone,call_time,consent\nu-1,+4915112345678,Europe/Berlin,20:30,true\n',
  });

export const importResultSchema = z
  .object({
    dryRun: z.boolean(),
    rows: z.int(),
    imported: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    rejected: z.array(
      z.object({
        line: z.int().meta({ description: 'Where the row begins; the header is line 1.' }),
        externalId: z.string().nullable(),
        errors: z.array(z.object({ path: z.string(), message: z.string() })),
        row: z.record(z.string(), z.string()).meta({ description: 'The cells as they came.' }),
      }),
    ),
  })
  .meta({
    id: 'CallUserImport',
    description: 'Each row is counted once: imported, updated, unchanged or rejected.',
  });
