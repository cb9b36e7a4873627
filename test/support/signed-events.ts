import { createHmac, randomBytes } from 'node:crypto';
import { Retell } from 'retell-sdk';
import twilio from 'twilio';
import type { PhoneDesk } from './phone-desk.ts';

export const CALENDAR_SECRET = 'calendar-secret-lindgruen';

/** Posts to the desk's API; throws with the answer when it refuses. */
export async function post(
  desk: PhoneDesk,
  path: string,
  text: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await fetch(`${desk.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** An event as Retell signs it. */
export async function tellAsRetell(desk: PhoneDesk, body: object): Promise<void> {
  const text = JSON.stringify(body);
  const signature = await Retell.sign(text, desk.deps.env.RETELL_API_KEY);
  await post(desk, '/api/webhooks/retell', text, { 'x-retell-signature': signature });
}

/** An event of a company's calendar, as Cal.com signs it. */
export async function tellAsCalendar(desk: PhoneDesk, company: string, body: object): Promise<void> {
  const text = JSON.stringify({ createdAt: new Date().toISOString(), ...body });
  await post(desk, `/api/webhooks/calcom?company=${company}`, text, {
    'x-cal-signature-256': createHmac('sha256', CALENDAR_SECRET).update(text).digest('hex'),
  });
}

/** A text to our number, as Twilio signs it. */
export async function textAsTwilio(desk: PhoneDesk, from: string, text: string): Promise<void> {
  const { env } = desk.deps;
  const params = {
    MessageSid: `SM${randomBytes(16).toString('hex')}`,
    From: from,
    Body: text,
    To: env.TWILIO_FROM_NUMBER,
    AccountSid: env.TWILIO_ACCOUNT_SID,
  };
  const address = `${env.PUBLIC_URL.replace(/\/+$/, '')}/api/webhooks/twilio`;
  await post(desk, '/api/webhooks/twilio', new URLSearchParams(params).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': twilio.getExpectedTwilioSignature(env.TWILIO_AUTH_TOKEN, address, params),
  });
}

/** What a mail server says later on of a mail of ours. */
export async function reportAsMailServer(desk: PhoneDesk, body: object): Promise<void> {
  const secret = desk.deps.env.MAIL_WEBHOOK_SECRET ?? '';
  await post(desk, '/api/webhooks/mail', JSON.stringify(body), { 'x-webhook-secret': secret });
}
