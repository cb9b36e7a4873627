import { z } from 'zod';
import { companySlug } from '../../fields.ts';

const share = z.number().min(0).max(1);

const reach = z.object({
  users: z.int().meta({ description: 'Persons who were called.' }),
  calls: z.int().meta({ description: 'Calls of which it is known whether they reached somebody.' }),
  reached: z.int().meta({ description: 'Calls that became a conversation.' }),
  rate: share.nullable(),
  interval: z
    .object({ low: share, high: share })
    .nullable()
    .meta({
      description:
        '95 % Wilson score interval. It allows for several calls of one person (design effect with the person as ' +
        'cluster), and assumes that persons are independent of each other.',
    }),
});

export const scriptResultsSchema = z
  .object({
    script: z.object({ id: z.uuid(), company: companySlug, slug: z.string(), name: z.string() }),
    verdict: z.enum(['not-enough-data', 'difference', 'no-difference']).meta({
      description:
        'By the first calls of each day; retries only follow failures. no-difference: none was shown. It holds for ' +
        'one look: who looks daily until a difference shows will see some that do not exist.',
    }),
    pValue: share.nullable(),
    needed: z
      .object({ firstAttempts: z.int(), users: z.int() })
      .meta({ description: 'What each compared variant needs before there is a verdict.' }),
    variants: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        weight: z.int(),
        compared: z.boolean().meta({ description: 'false: nobody new hears it, and too few ever did.' }),
        usersAssigned: z.int(),
        attempts: z.int().meta({ description: 'Calls that were made, also those whose end is not known.' }),
        meanDurationMs: z.number().nullable().meta({ description: 'Of conversations.' }),
        firstAttempts: reach,
        allAttempts: reach,
      }),
    ),
  })
  .meta({ id: 'AgentScriptResults' });
