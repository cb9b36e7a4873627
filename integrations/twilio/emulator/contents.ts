import { z } from 'zod';
import type { EmulatorAnswer, EmulatorKit } from '../../../shared/emulator.ts';
import { channelOf, type MessageForm, refusal } from './refusals.ts';

/** A template of Twilio's Content API, and whether WhatsApp has approved it. */
export const contentSchema = z.strictObject({
  sid: z.string().regex(/^HX[0-9a-f]{32}$/, 'must be HX and 32 hexadecimal digits'),
  language: z.string().default('en'),
  /** With `{{1}}`, `{{2}}`, … */
  body: z.string(),
  approved: z.boolean().default(true),
});
export type ContentRecord = z.output<typeof contentSchema>;

/** WhatsApp: a business may use words of its own for this long after the customer has written. */
const SESSION_MS = 24 * 60 * 60_000;
/** Told only after the message was accepted. */
const OUTSIDE_SESSION = 63_016;

const contentsOf = (kit: EmulatorKit) => kit.collection<ContentRecord>('contents');
/** When somebody has written to a sender last, ISO 8601. */
export const sessionsOf = (kit: EmulatorKit) => kit.collection<string>('sessions');
export const sessionKey = (customer: string, sender: string) => `${customer} ${sender}`;

export function seedContents(kit: EmulatorKit, contents: ContentRecord[]): void {
  for (const content of contents) contentsOf(kit).put(content.sid, content);
}

function readVariables(text: string | undefined): Record<string, string> | null {
  if (text === undefined) return {};
  try {
    const schema = z.record(z.string(), z.string().min(1));
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Twilio's answer to a template that it cannot use, or null. */
export function refuseTemplate(kit: EmulatorKit, form: MessageForm): EmulatorAnswer | null {
  const { ContentSid, ContentVariables } = form;
  if (ContentSid === undefined) {
    return ContentVariables === undefined
      ? null
      : refusal(400, 21_654, 'ContentSid Required when ContentVariables are used');
  }
  const content = contentsOf(kit).get(ContentSid);
  if (!content) return refusal(400, 21_655, `The ContentSid ${ContentSid} is Invalid`);
  const variables = readVariables(ContentVariables);
  const needed = [...content.body.matchAll(/\{\{(\d+)\}\}/g)].map(([, number]) => number as string);
  const fits = variables !== null && needed.every((number) => variables[number] !== undefined);
  return fits ? null : refusal(400, 21_656, 'The Content Variables parameter is invalid');
}

/** The text that the recipient gets. */
export function bodyOf(kit: EmulatorKit, { Body = '', ContentSid, ContentVariables }: MessageForm): string {
  const content = ContentSid === undefined ? undefined : contentsOf(kit).get(ContentSid);
  if (!content) return Body;
  const variables = readVariables(ContentVariables) ?? {};
  return content.body.replace(/\{\{(\d+)\}\}/g, (_whole, number: string) => variables[number] ?? '');
}

/** Why WhatsApp does not deliver an accepted message although its recipient is there; null: it does. */
export function sessionError(kit: EmulatorKit, form: MessageForm, now: Date): number | null {
  const { To = '', From = '', ContentSid = '' } = form;
  if (channelOf(To) !== 'whatsapp') return null;
  if (contentsOf(kit).get(ContentSid)?.approved) return null;
  const wrote = sessionsOf(kit).get(sessionKey(To, From));
  const open = wrote !== undefined && now.getTime() - Date.parse(wrote) < SESSION_MS;
  return open ? null : OUTSIDE_SESSION;
}
