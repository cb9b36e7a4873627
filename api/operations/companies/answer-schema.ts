import { z } from 'zod';
import { timestamp } from '../../fields.ts';
import { pageOf } from '../../paging.ts';
import { shownHoursSchema } from './hours.ts';

const secret = z.object({
  set: z.boolean(),
  last4: z.string().nullable().meta({ description: 'All that is ever shown of it.' }),
});

const summary = {
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  timeZone: z.string(),
  locale: z.string(),
  country: z.string(),
  currency: z.string(),
  contactEmail: z.string(),
  smsEnabled: z.boolean(),
  active: z.boolean(),
  limits: z.object({
    apiCallsPerMinute: z.int(),
    mailsPerHourPerCustomer: z.int(),
    smsPerDayPerCustomer: z.int(),
    callsAtOnce: z.int(),
  }),
  keys: z.object({ calcom: secret, calcomWebhookSecret: secret }),
  calendarWebhook: z.object({
    subscribed: z.boolean().meta({ description: 'Whether it was made at Cal.com from here.' }),
    url: z.string().meta({ description: 'Where Cal.com has to post.' }),
  }),
  createdAt: timestamp,
};

export const companySummarySchema = z.object(summary).meta({ id: 'CompanySummary' });
export const companyPageSchema = pageOf(companySummarySchema);

export const companySchema = z
  .object({
    ...summary,
    lines: z.array(z.object({ number: z.string(), agentId: z.string() })),
    staff: z.array(
      z.object({
        name: z.string(),
        email: z.string(),
        timeZone: z.string(),
        active: z.boolean(),
        hours: shownHoursSchema,
      }),
    ),
    services: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        aliases: z.array(z.string()),
        durationMin: z.int(),
        bufferBeforeMin: z.int(),
        bufferAfterMin: z.int(),
        priceCents: z.int(),
        active: z.boolean(),
        offeredBy: z.array(z.object({ staff: z.string(), eventTypeId: z.int(), active: z.boolean() })),
      }),
    ),
  })
  .meta({ id: 'Company' });

const warnings = z
  .array(z.object({ path: z.string(), message: z.string() }))
  .meta({ description: 'What was saved although it could not be checked, or is still to be done.' });

export const changedCompanySchema = z
  .object({ company: companySchema, warnings })
  .meta({ id: 'ChangedCompany' });

export const madeCompanySchema = z
  .object({
    company: companySchema,
    apiKey: z.string().meta({ description: "The company's first key; shown in this answer only." }),
    warnings,
  })
  .meta({ id: 'MadeCompany' });
