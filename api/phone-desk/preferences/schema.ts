import { z } from 'zod';
import { blockReasons, channels } from '../../../shared/messages/channels.ts';
import { isTimeZone } from '../../../shared/time.ts';
import { localTime, text, timestamp } from '../../fields.ts';

const channel = z.enum(channels);
const distinct = (list: readonly string[]) => new Set(list).size === list.length;
const channelList = z.array(channel).max(channels.length).refine(distinct, 'names a channel twice');

/** A locale that the runtime can write days in. */
const language = text(35)
  .refine((tag) => {
    try {
      return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
    } catch {
      return false;
    }
  }, 'must be a language tag such as de or en-GB')
  .meta({ example: 'de-DE' });

export const quietHours = z
  .strictObject({ from: localTime, to: localTime })
  .refine(({ from, to }) => from !== to, 'must not begin and end at the same time')
  .meta({ description: 'By the clock of the customer; over midnight where `from` is the later one.' });

export const preferencesChange = z
  .strictObject({
    channels: channelList
      .min(1)
      .nullable()
      .optional()
      .meta({ description: 'In order: the first that can be used is used. null: as the company has it.' }),
    quietHours: z
      .union([quietHours, z.literal('none')], 'must be {"from": "HH:MM", "to": "HH:MM"}, "none" or null')
      .nullable()
      .optional()
      .meta({ description: '"none": none, whatever the company has. null: as the company has it.' }),
    language: language.optional(),
    timeZone: z
      .string()
      .refine(isTimeZone, 'must be a zone of the IANA list')
      .optional()
      .meta({ example: 'Europe/Berlin' }),
    optedOut: channelList.optional().meta({ description: 'Channels that carry nothing; replaces the list.' }),
    noReminders: channelList
      .optional()
      .meta({ description: 'Channels that carry no reminders; replaces the list.' }),
    addressWorks: channelList
      .optional()
      .meta({ description: 'Channels whose address was said to be wrong, and is right.' }),
  })
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change');

export const preferencesSchema = z
  .object({
    customerId: z.uuid(),
    channels: z.array(channel).nullable(),
    companyChannels: z
      .array(channel)
      .meta({ description: 'Used where the customer has no order of their own.' }),
    quietHours: z.union([quietHours, z.literal('none')]).nullable(),
    companyQuietHours: quietHours.nullable(),
    language: z.string(),
    timeZone: z.string(),
    optedOut: z.array(channel),
    noReminders: z.array(channel),
    blocks: z
      .array(
        z.object({
          channel,
          reason: z.enum(blockReasons),
          source: z.enum(['word', 'link', 'api', 'vendor', 'bounce']),
          code: z.string().nullable(),
          since: timestamp,
        }),
      )
      .meta({ description: 'What stands against a channel, who has said so, and since when.' }),
    devices: z.int().meta({ description: 'Devices that are subscribed for push.' }),
  })
  .meta({ id: 'Preferences', description: 'How a customer is told about their appointments.' });
