import { z } from 'zod';
import { companySlug, createdRange, timestamp, timeZone } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

export const customersQuery = z.strictObject({ ...listQuery, ...createdRange });

export const customerSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    name: z.string().nullable(),
    phone: z.string().nullable().meta({ description: 'E.164.' }),
    email: z.string().nullable(),
    phoneIsMobile: z.boolean(),
    smsOptedOut: z.boolean(),
    timeZone,
    locale: z.string(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Customer', description: 'Name, phone and e-mail are null once the person was erased.' });

export const customerPageSchema = pageOf(customerSchema);
