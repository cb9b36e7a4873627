import { z } from 'zod';
import { languageTag } from '../../../shared/language-tag.ts';
import { isCountry } from '../../../shared/phone.ts';
import { isTimeZone } from '../../../shared/time.ts';
import { createdRange, text } from '../../fields.ts';
import { listQuery } from '../../paging.ts';
import { hoursSchema } from './hours.ts';

const slug = text(60).regex(
  /^[a-z0-9]+(-[a-z0-9]+)*$/,
  'must be lower-case letters, digits and single hyphens',
);
const zone = text(100)
  .refine(isTimeZone, 'must be an IANA time zone, e.g. Europe/Berlin')
  .meta({ example: 'Europe/Berlin' });
const locale = text(35).refine((value) => languageTag(value) !== null, 'must be a language tag, e.g. de-DE');
const country = z.string().refine(isCountry, 'must be an ISO 3166 country code, e.g. DE');
const currencies = new Set(Intl.supportedValuesOf('currency'));
const currency = z.string().refine((value) => currencies.has(value), 'must be an ISO 4217 code, e.g. EUR');
const email = z.email().max(254);
const minutes = (max: number) => z.int().min(0).max(max);

const staff = z.strictObject({
  name: text(200),
  email,
  timeZone: zone.optional().meta({ description: "The company's, unless given." }),
  hours: hoursSchema,
});

const service = z.strictObject({
  slug,
  name: text(200),
  aliases: z.array(text(100)).max(50).default([]).meta({ description: 'What callers say for it.' }),
  durationMin: z.int().min(5).max(1440),
  bufferBeforeMin: minutes(1440).default(0),
  bufferAfterMin: minutes(1440).default(0),
  priceCents: z.int().min(0).max(100_000_000).default(0),
  offeredBy: z
    .array(
      z.strictObject({
        staff: email,
        eventTypeId: z.int().min(1).max(2_147_483_647).meta({ description: 'At Cal.com.' }),
      }),
    )
    .max(200)
    .default([])
    .meta({ description: 'What is not given is found by name when event types are next compared.' }),
});

const line = z.strictObject({
  number: z
    .string()
    .min(3)
    .max(40)
    .meta({ description: "National numbers are read in the company's country." }),
  agentId: text(200).meta({ description: 'The agent at Retell that answers it.' }),
});

const printable = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
const calcomKey = printable(8, 300).meta({ description: 'Asked at Cal.com before it is saved.' });
const calcomWebhookSecret = printable(16, 200);

const limit = (max: number) => z.int().min(0).max(max);
const limits = {
  apiCallsPerMinute: limit(100_000),
  mailsPerHourPerCustomer: limit(10_000),
  smsPerDayPerCustomer: limit(10_000),
  callsAtOnce: limit(10_000),
};

export const onboardingHeaders = z.object({
  'idempotency-key': z.string('is required').min(1).max(200).meta({
    description: 'The same key with the same body makes one company and gives the same answer, for 24 hours.',
  }),
});

export const newCompany = z
  .strictObject({
    slug,
    name: text(200),
    timeZone: zone,
    locale,
    country,
    currency,
    contactEmail: email,
    smsEnabled: z.boolean().default(false),
    lines: z.array(line).max(50).default([]),
    staff: z.array(staff).min(1).max(200),
    services: z.array(service).min(1).max(200),
    keys: z.strictObject({
      calcom: calcomKey,
      calcomWebhookSecret: calcomWebhookSecret.optional().meta({ description: 'Made up unless given.' }),
    }),
    limits: z.strictObject(limits).partial().default({}),
    calendarWebhook: z
      .enum(['subscribe', 'leave'])
      .default('subscribe')
      .meta({ description: '`leave`: somebody subscribes at Cal.com by hand, with the secret given here.' }),
  })
  .meta({ id: 'NewCompany' });

export type NewCompanyBody = z.output<typeof newCompany>;

const changesSomething = [
  (change: object) => Object.keys(change).length > 0,
  'must change something',
] as const;
const nullable = <T extends z.ZodType>(schema: T) => schema.nullable().optional();

export const companyChange = z
  .strictObject({
    name: text(200).optional(),
    timeZone: zone.optional(),
    locale: locale.optional(),
    country: country.optional(),
    currency: currency.optional(),
    contactEmail: email.optional(),
    smsEnabled: z.boolean().optional(),
    limits: z
      .strictObject({
        apiCallsPerMinute: nullable(limits.apiCallsPerMinute),
        mailsPerHourPerCustomer: nullable(limits.mailsPerHourPerCustomer),
        smsPerDayPerCustomer: nullable(limits.smsPerDayPerCustomer),
        callsAtOnce: nullable(limits.callsAtOnce),
      })
      .refine(...changesSomething)
      .optional()
      .meta({ description: 'Those that are given; null goes back to the default.' }),
    keys: z
      .strictObject({ calcom: calcomKey.optional(), calcomWebhookSecret: calcomWebhookSecret.optional() })
      .refine(...changesSomething)
      .optional()
      .meta({ description: 'Every process uses a new key within 30 seconds.' }),
  })
  .refine(...changesSomething)
  .meta({ id: 'CompanyChange' });

export type CompanyChangeBody = z.output<typeof companyChange>;

export const closingBody = z.strictObject({ reason: text(500) }).meta({ id: 'CompanyClosing' });

export const companiesQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  active: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
});
