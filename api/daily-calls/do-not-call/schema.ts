import { z } from 'zod';
import { createdRange, text, timestamp } from '../../fields.ts';
import { hashedListQuery, pageOf } from '../../paging.ts';

export const doNotCallQuery = z.strictObject({ ...hashedListQuery, ...createdRange });

const company = text(100).optional().meta({ description: 'Slug of a company.' });

export const doNotCallBody = z
  .strictObject({
    phone: text(40).meta({ description: "National numbers are read in the company's country." }),
    reason: text(500).meta({ description: 'Who wished it and how; no personal data.' }),
    everywhere: z
      .boolean()
      .default(false)
      .meta({ description: 'For every company; only with an operator key.' }),
  })
  .meta({ id: 'NewDoNotCall' });

export const doNotCallSchema = z
  .object({
    id: z.string().meta({ description: "Beginning of the number's keyed hash; the number is not kept." }),
    company: z.string().nullable().meta({ description: 'Slug; null: nobody may call the number.' }),
    reason: z.string(),
    createdAt: timestamp,
  })
  .meta({ id: 'DoNotCall' });

export const doNotCallPageSchema = pageOf(doNotCallSchema);

export const doNotCallCheckQuery = z.strictObject({
  company,
  phone: text(40).meta({ description: 'E.164; the plus sign as %2B.' }),
});

export const doNotCallCheckSchema = z
  .object({ listed: z.boolean(), entries: z.array(doNotCallSchema) })
  .meta({ id: 'DoNotCallCheck' });

export const doNotCallParams = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/, 'must be the id of a listing'),
});

export const doNotCallDeleteQuery = z.strictObject({
  company,
  everywhere: z.stringbool().default(false).meta({ type: 'boolean' }),
});

export const removedSchema = z
  .object({ id: z.string(), reason: z.string(), createdAt: timestamp })
  .meta({ id: 'DoNotCallRemoved' });
