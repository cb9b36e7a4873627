import { z } from 'zod';
import { isMonth } from '../../../shared/phone-desk/month.ts';
import { companySlug, timestamp } from '../../fields.ts';

const month = z.string().refine(isMonth, 'must be a month as YYYY-MM').meta({ example: '2026-10' });

export const reportParams = z.strictObject({ month });
export const reportFileSchema = z.string().meta({ format: 'binary' });

export const reportsSchema = z
  .object({
    company: companySlug,
    items: z.array(
      z.object({
        month,
        mail: z.enum(['pending', 'sent', 'failed', 'unknown']),
        sentAt: timestamp.nullable(),
        createdAt: timestamp,
      }),
    ),
  })
  .meta({ id: 'Reports' });
