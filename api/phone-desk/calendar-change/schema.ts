import { z } from 'zod';
import { companySlug, text, timestamp } from '../../fields.ts';

export const calendarSecretBody = z
  .strictObject({
    secret: text(200)
      .min(16, 'must have at least 16 characters')
      .meta({ description: 'The same text as in the webhook of the calendar; it is never shown again.' }),
  })
  .meta({ id: 'CalendarWebhookSecret' });

export const calendarSecretSchema = z
  .object({
    company: companySlug,
    isSet: z.boolean(),
    changedAt: timestamp
      .nullable()
      .meta({ description: 'The secret before is still taken for a day from then on.' }),
    subscribed: z.boolean().meta({ description: 'Whether the webhook was made from here.' }),
    subscriberUrl: z.string().meta({ description: 'Where the webhook of the calendar has to post to.' }),
    triggers: z
      .array(z.string())
      .meta({ description: 'What it should tell; anything else is kept and ignored.' }),
    warnings: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .meta({ description: 'What the calendar could not be told yet.' }),
  })
  .meta({ id: 'CalendarWebhook' });
