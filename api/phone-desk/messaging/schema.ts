import { z } from 'zod';
import { channels } from '../../../shared/messages/channels.ts';
import { quietHours } from '../preferences/schema.ts';

export const companyParams = z.strictObject({
  slug: z.string().min(1).max(100).meta({ description: 'Slug of the company.', example: 'salon-linde' }),
});

const channel = z.enum(channels);
const sender = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164')
  .meta({ example: '+4930901820' });

export const messagingSchema = z
  .object({
    channels: z.array(channel).meta({ description: 'In order.' }),
    atOnce: z.int().meta({ description: 'How many of them carry a message at once; the others take over.' }),
    smsEnabled: z.boolean(),
    smsSender: sender.nullable().meta({ description: 'null: the number of the installation.' }),
    whatsappSender: sender.nullable().meta({ description: 'null: no WhatsApp.' }),
    quietHours: quietHours.nullable(),
  })
  .meta({ id: 'Messaging', description: 'How a company tells its customers.' });

export const messagingChange = z
  .strictObject({
    channels: z
      .array(channel)
      .min(1)
      .max(channels.length)
      .refine((list) => new Set(list).size === list.length, 'names a channel twice')
      .optional(),
    atOnce: z.int().min(1).max(channels.length).optional(),
    smsEnabled: z.boolean().optional(),
    smsSender: sender.nullable().optional(),
    whatsappSender: sender.nullable().optional(),
    quietHours: quietHours.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change');
