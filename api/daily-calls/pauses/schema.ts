import { z } from 'zod';
import { text, timestamp } from '../../fields.ts';

export const pauseScopeQuery = z.strictObject({
  company: text(100)
    .optional()
    .meta({ description: 'Slug; without it an operator key means the calls of all companies.' }),
});

export const pauseBody = z.strictObject({ reason: text(500) }).meta({ id: 'NewCallPause' });

export const pauseSchema = z
  .object({
    company: z.string().nullable().meta({ description: 'Slug; null: everything is paused.' }),
    reason: z.string(),
    createdAt: timestamp,
  })
  .meta({ id: 'CallPause' });

export const pausesSchema = z.object({ items: z.array(pauseSchema) });

export const resumedSchema = z
  .object({
    company: z.string().nullable(),
    openDays: z.int().meta({ description: 'Days that go on; those whose hours are over end.' }),
  })
  .meta({ id: 'CallsResumed' });
