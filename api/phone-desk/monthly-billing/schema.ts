import { z } from 'zod';
import { isMonth } from '../../../shared/phone-desk/month.ts';
import { usageKinds } from '../../../shared/phone-desk/prices.ts';
import { companySlug, text, timestamp } from '../../fields.ts';

const month = z.string().refine(isMonth, 'must be a month as YYYY-MM').meta({ example: '2026-10' });

export const monthParams = z.strictObject({ month });

export const billingSchema = z
  .object({
    month,
    status: z.enum(['running', 'finished', 'cancelled']),
    total: z.int(),
    pending: z.int(),
    failed: z.int(),
    invoiced: z.int(),
    nothingDue: z.int(),
    cancelled: z.int(),
    percent: z.int().meta({ description: 'Of the companies that stand on its list.' }),
    finished: z.boolean().meta({ description: 'Everybody had their turn, or it was cancelled.' }),
    cancelRequestedAt: timestamp.nullable(),
    firstFailedAt: timestamp.nullable(),
    completedAt: timestamp.nullable().meta({ description: 'null as long as a bill has failed.' }),
    startedAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .meta({ id: 'Billing' });

const status = z.enum(['pending', 'invoiced', 'nothing-due', 'failed', 'cancelled']);

export const billsQuery = z.strictObject({
  company: text(100).optional(),
  status: status.optional(),
  after: text(100).optional().meta({ description: 'The last company of the page before.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const units = z.object(Object.fromEntries(usageKinds.map((kind) => [kind, z.int()])));

export const billsSchema = z
  .object({
    items: z.array(
      z.object({
        company: companySlug,
        status,
        reason: z.string().nullable(),
        attempts: z.int(),
        usage: units.nullable(),
        lines: z
          .array(
            z.object({
              kind: z.enum(usageKinds),
              units: z.int(),
              unitCents: z.int(),
              amountCents: z.int(),
              month: month
                .optional()
                .meta({ description: 'Of what became known after its month was billed.' }),
            }),
          )
          .nullable(),
        currency: z.string().nullable(),
        totalCents: z.int().nullable(),
        invoiceId: z.string().nullable().meta({ description: 'At Stripe.' }),
        updatedAt: timestamp,
      }),
    ),
    next: z.string().nullable().meta({ description: 'For `after`; null on the last page.' }),
  })
  .meta({ id: 'BillPage' });

export const addCompanyBody = z
  .strictObject({ company: text(100).meta({ description: 'Slug.' }) })
  .meta({ id: 'CompanyToBill' });

export const addedSchema = z
  .object({ company: companySlug, change: z.enum(['added', 'there-already']) })
  .meta({ id: 'CompanyAddedToBilling' });
