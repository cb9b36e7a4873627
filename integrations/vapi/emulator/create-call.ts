import { z } from 'zod';

/** Body of `POST /call` for one outbound phone call; other kinds of call are not emulated. */
export const createCallSchema = z.looseObject({
  assistantId: z.uuid('must be a UUID'),
  phoneNumberId: z.uuid('must be a UUID'),
  customer: z.looseObject({
    number: z.string().regex(/^\+[1-9]\d{1,14}$/, 'must be a valid phone number in the E.164 format'),
  }),
  assistantOverrides: z
    .looseObject({
      variableValues: z.record(z.string(), z.unknown()).optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  name: z.string().max(40, 'must be shorter than or equal to 40 characters').optional(),
});
export type CreateCall = z.output<typeof createCallSchema>;

const moment = z.iso.datetime('must be a valid ISO 8601 date string').transform((value) => Date.parse(value));

/** Query of `GET /call`. */
export const listCallsSchema = z.object({
  id: z.string().optional(),
  assistantId: z.string().optional(),
  phoneNumberId: z.string().optional(),
  limit: z.coerce.number().int().min(0).max(1000).default(100),
  createdAtGt: moment.optional(),
  createdAtGe: moment.optional(),
  createdAtLt: moment.optional(),
  createdAtLe: moment.optional(),
});
