import { z } from 'zod';
import { type AlertKind, alertKinds } from '../../../shared/alerts.ts';
import { companySlug, createdRange, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

const kind = z.enum(Object.keys(alertKinds) as [AlertKind, ...AlertKind[]]);

export const alertsQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  kind: kind.optional(),
  standing: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'true: those that stand now; false: those that are over.' }),
});

export const alertSchema = z
  .object({
    id: z.uuid(),
    company: companySlug.nullable().meta({ description: 'null: it concerns all companies.' }),
    kind,
    says: z.string(),
    runbook: z.string().meta({ description: 'The file in docs/runbooks that tells the way out.' }),
    entity: z.string(),
    detail: z.record(z.string(), z.unknown()),
    timesSeen: z.int(),
    createdAt: timestamp,
    lastSeenAt: timestamp,
    clearedAt: timestamp.nullable(),
  })
  .meta({ id: 'Alert' });

export const alertPageSchema = pageOf(alertSchema);
