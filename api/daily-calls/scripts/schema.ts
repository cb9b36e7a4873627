import { z } from 'zod';
import { callProviders } from '../../../shared/daily-calls/providers.ts';
import { companySlug, createdRange, text, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const variant = z.strictObject({
  name: text(100),
  weight: z.int().min(0).max(1_000_000).default(1).meta({ description: '0: nobody new gets it.' }),
  agentRefs: z
    .partialRecord(z.enum(callProviders), text(200))
    .meta({ description: 'The agent of each provider; without one the default agent calls.' }),
});
const question = z.strictObject({
  key: text(50).regex(/^[a-z][a-z0-9_-]*$/, 'must be lower case letters, digits, - and _'),
  question: text(1_000),
});

const distinctBy = <T>(items: T[], keyOf: (item: T) => string) =>
  new Set(items.map(keyOf)).size === items.length;

const variants = z
  .array(variant)
  .max(20)
  .refine((all) => distinctBy(all, ({ name }) => name), 'has the same name twice')
  .refine((all) => all.some(({ weight }) => weight > 0), 'needs a weight above 0 somewhere');
const questions = z
  .array(question)
  .max(50)
  .refine((all) => distinctBy(all, ({ key }) => key), 'has the same key twice');

export const newScript = z
  .strictObject({
    slug: text(100).regex(SLUG, 'must be lower case letters, digits and single hyphens'),
    name: text(200),
    active: z.boolean().default(true),
    questions: questions.default([]),
    variants,
  })
  .meta({ id: 'NewAgentScript' });

export const scriptChange = z
  .strictObject({ name: text(200), active: z.boolean(), questions, variants })
  .partial()
  .meta({
    id: 'AgentScriptChange',
    description:
      'Fields that are left out stay. A variant that `variants` no longer names keeps its results and its ' +
      'users, and gets nobody new.',
  });

export const scriptsQuery = z.strictObject({ ...listQuery, ...createdRange });

export const scriptSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    slug: z.string(),
    name: z.string(),
    active: z.boolean().meta({ description: 'false: cannot be given to a user any more.' }),
    questions: z.array(z.object({ key: z.string(), question: z.string() })),
    variants: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        weight: z.int(),
        agentRefs: z.record(z.string(), z.string()),
      }),
    ),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'AgentScript' });

export const scriptPageSchema = pageOf(scriptSchema);
