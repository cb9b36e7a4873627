import { z } from 'zod';
import type { TemplateDraft } from '../../../shared/messages/appointment/check-template.ts';
import { templateVariables } from '../../../shared/messages/appointment/values.ts';
import { channels, notificationKinds } from '../../../shared/messages/channels.ts';
import { text, timestamp } from '../../fields.ts';
import { companyParams } from '../messaging/schema.ts';

const kind = z.enum(notificationKinds);
const channel = z.enum(channels);
const language = z
  .string()
  .regex(/^[a-z]{2,3}$/, 'must be a language as ISO 639 has it, such as de')
  .meta({ example: 'de' });

export const templateParams = companyParams.extend({ kind, channel, language });

const variableList = Object.entries(templateVariables)
  .map(([name, meaning]) => `${name} (${meaning})`)
  .join(', ');

/** Which parts a text needs depends on its channel. */
export const templateDraft = z
  .strictObject({
    subject: text(300).optional().meta({ description: 'email: the subject; push: the title. One line.' }),
    text: text(5_000).optional().meta({ description: 'email, sms, push.' }),
    html: text(50_000)
      .optional()
      .meta({ description: 'email; without one the text is shown. Every value is escaped.' }),
    contentSid: z
      .string()
      .regex(/^HX[0-9a-fA-F]{32}$/, 'must be HX and 32 hexadecimal digits')
      .optional()
      .meta({ description: 'whatsapp: the template at Twilio that WhatsApp has approved.' }),
    variables: z.array(z.string().max(50)).max(20).optional().meta({
      description: 'whatsapp: what stands for {{1}}, {{2}}, … Name `reference` to have lost messages found.',
    }),
  })
  .meta({ description: `Liquid with if, unless, case and assign. Variables: ${variableList}.` });

/** Absent parts as the rest of the application writes them. */
export const toDraft = (body: z.output<typeof templateDraft>): TemplateDraft => ({
  subject: body.subject ?? null,
  text: body.text ?? null,
  html: body.html ?? null,
  contentSid: body.contentSid ?? null,
  variables: body.variables ?? null,
});

export const templateSchema = z
  .object({
    kind,
    channel,
    language,
    subject: z.string().nullable(),
    text: z.string().nullable(),
    html: z.string().nullable(),
    contentSid: z.string().nullable(),
    variables: z.array(z.string()).nullable(),
    updatedAt: timestamp,
  })
  .meta({ id: 'MessageTemplate', description: 'A text of a company; where it has none ours are used.' });

export const templateListSchema = z.object({ items: z.array(templateSchema) });

export const previewRequest = z.strictObject({
  template: templateDraft.optional().meta({ description: 'Not given: the text that is used now.' }),
  appointmentId: z.uuid('must be a UUID').optional().meta({ description: 'Not given: a made-up one.' }),
});

export const previewSchema = z
  .object({
    uses: z.enum(['draft', 'company', 'built-in']),
    subject: z.string().nullable(),
    text: z.string().nullable(),
    html: z.string().nullable(),
    variables: z.array(z.string()).nullable().meta({ description: 'whatsapp: values of {{1}}, {{2}}, …' }),
    sms: z
      .object({ encoding: z.enum(['GSM-7', 'UCS-2']), length: z.int(), segments: z.int() })
      .nullable()
      .meta({ description: 'How the text travels, and in how many parts it is paid.' }),
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'MessagePreview' });
