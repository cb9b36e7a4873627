import { z } from 'zod';
import { callProviders } from '../../../shared/daily-calls/providers.ts';
import { companySlug, createdRange, moment, text, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

const clock = z.string().max(20);
const channel = z.enum(['email', 'sms']);
const isoDay = z.number().meta({ description: 'ISO: 1 Monday to 7 Sunday.' });

/**
 * What can be set on a user. Only the shape is checked here; whether a call can be planned with it is
 * `checkPreferences`' to say, in words for people.
 */
const settings = {
  externalId: text(200)
    .nullable()
    .meta({ description: "The company's own id; unique in the company, also among deleted users." }),
  name: text(200).nullable(),
  phone: text(40)
    .nullable()
    .meta({ description: "National numbers are read in the company's country; answers are E.164." }),
  email: z.email().max(254).nullable(),
  locale: text(35).meta({ example: 'de-DE' }),
  consent: z.boolean().meta({ description: 'true: given now; false: withdrawn. Or give `consentAt`.' }),
  consentAt: moment.nullable(),
  callEnabled: z.boolean(),
  callTime: clock.meta({ description: "HH:MM by the person's clock.", example: '20:30' }),
  timeZone: text(100).meta({ description: 'IANA name.', example: 'Europe/Berlin' }),
  weekdays: z.array(isoDay).max(50),
  windowFrom: clock,
  windowTo: clock.meta({ description: '24:00 is the end of the day.' }),
  quietFrom: clock.nullable(),
  quietTo: clock.nullable(),
  gap: z.enum(['shift', 'skip']).meta({ description: 'When a clock change leaves the call time out.' }),
  overlap: z.enum(['first', 'last']).meta({ description: 'When a clock change brings it twice.' }),
  maxAttempts: z.number().meta({ description: 'Calls per day, the first included.' }),
  retryDelays: z
    .record(z.string().max(40), z.number().nullable())
    .meta({ description: 'Minutes by outcome (no-answer, busy, failed, voicemail); null: no further try.' }),
  provider: z.enum(callProviders),
  script: text(100).nullable().meta({ description: 'Slug of an agent script.' }),
  notifyChannels: z.array(channel).max(10),
  paused: z.boolean(),
};

/** Every field that can be set, by name. */
export const settingNames = Object.keys(settings) as (keyof typeof settings)[];

export const callUserChange = z
  .strictObject(settings)
  .partial()
  .superRefine((change, context) => {
    if (change.consent === undefined || change.consentAt === undefined) return;
    const message = 'give either consent or consentAt';
    context.addIssue({ code: 'custom', path: ['consent'], message });
  })
  .meta({ id: 'CallUserChange', description: 'Fields that are left out stay as they are.' });

export type CallUserChange = z.output<typeof callUserChange>;

export const newCallUser = callUserChange
  .safeExtend({ phone: settings.phone.unwrap(), timeZone: settings.timeZone })
  .meta({ id: 'NewCallUser', description: 'A user without consent is not called.' });

export const callUsersQuery = z.strictObject({
  ...listQuery,
  ...createdRange,
  externalId: text(200).optional(),
  phone: text(40).optional().meta({ description: 'E.164; the plus sign as %2B.' }),
  script: text(100).optional(),
  paused: z.stringbool().optional(),
  callEnabled: z.stringbool().optional(),
  deleted: z.stringbool().optional().meta({ description: 'true: deleted users instead.' }),
});

export const callUserSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    externalId: z.string().nullable(),
    name: z.string().nullable(),
    phone: z.string().nullable().meta({ description: 'E.164.' }),
    email: z.string().nullable(),
    locale: z.string(),
    consentAt: timestamp.nullable(),
    callEnabled: z.boolean(),
    callTime: z.string(),
    timeZone: z.string(),
    weekdays: z.array(z.int()),
    windowFrom: z.string(),
    windowTo: z.string(),
    quietFrom: z.string().nullable(),
    quietTo: z.string().nullable(),
    gap: z.enum(['shift', 'skip']),
    overlap: z.enum(['first', 'last']),
    maxAttempts: z.int(),
    retryDelays: z.record(z.string(), z.number().nullable()),
    provider: z.enum(callProviders),
    script: z.string().nullable(),
    notifyChannels: z.array(channel),
    smsOptedOutAt: timestamp.nullable().meta({
      description: 'Since when no SMS goes to this number: STOP was written from it. START ends it.',
    }),
    paused: z.boolean(),
    stopped: z
      .enum(['deleted', 'disabled', 'no-consent', 'do-not-call', 'no-number', 'paused', 'no-subscription'])
      .nullable()
      .meta({
        description:
          'Why no call is made, even if one is planned. no-subscription: no new day begins; one that has begun goes on.',
      }),
    nextCallAt: timestamp.nullable(),
    nextCallLocal: z
      .string()
      .nullable()
      .meta({ example: '2026-03-02T20:30:00+01:00[Europe/Berlin]', description: "By the person's clock." }),
    planProblem: z.string().nullable().meta({ description: 'Why there is no next call.' }),
    createdAt: timestamp,
    updatedAt: timestamp,
    deletedAt: timestamp.nullable(),
  })
  .meta({ id: 'CallUser', description: 'Name, phone and e-mail are null once the person was erased.' });

export const callUserPageSchema = pageOf(callUserSchema);
