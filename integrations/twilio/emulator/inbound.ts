import { z } from 'zod';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import { sessionKey, sessionsOf } from './contents.ts';
import { channelOf, numberOf, type RecipientCondition } from './refusals.ts';
import { statusCallbackHeaders } from './status-callbacks.ts';

const TIMEOUT_MS = 15_000;

/** What somebody writes to one of our numbers; `whatsapp:` before both numbers for WhatsApp. */
export const inboundSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  body: z.string(),
  /** Where the number posts its messages. */
  url: z.url(),
  /** Sends the same webhook again, as after a lost answer. */
  times: z.int().min(1).max(5).default(1),
  /** Twilio has been told to manage opting out by itself ("Advanced Opt-Out"). */
  opt_out_type: z.enum(['STOP', 'START', 'HELP']).optional(),
});

/** Words by which Twilio itself stops and starts SMS of a number, whatever the application does. */
const STOP = /^(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)$/i;
const START = /^(start|yes|unstop)$/i;

export interface InboundAnswer {
  sid: string;
  status: number;
  /** Texts of the TwiML that the application answered with: what Twilio sends back. */
  replies: string[];
}

/** Plays a message to one of our numbers: blocks or unblocks the sender as Twilio does, and posts the webhook. */
export async function receiveInbound(
  kit: EmulatorKit,
  { accountSid, authToken }: { accountSid: string; authToken: string },
  message: z.output<typeof inboundSchema>,
): Promise<InboundAnswer> {
  const { from, to, body, url, times, opt_out_type: optOutType } = message;
  const sid = kit.nextId('SM');
  kit.change(() => {
    const recipients = kit.collection<RecipientCondition>('recipients');
    if (channelOf(to) === 'whatsapp') sessionsOf(kit).put(sessionKey(from, to), new Date().toISOString());
    else if (STOP.test(body.trim())) recipients.put(numberOf(from), 'opted-out');
    else if (START.test(body.trim())) recipients.delete(numberOf(from));
  });
  const form = {
    ToCountry: 'DE',
    SmsMessageSid: sid,
    NumMedia: '0',
    SmsSid: sid,
    SmsStatus: 'received',
    Body: body,
    To: to,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: accountSid,
    From: from,
    ApiVersion: '2010-04-01',
    ...(optOutType && { OptOutType: optOutType }),
  };
  const encoded = new URLSearchParams(form).toString();
  const webhook = {
    operation: 'webhooks.inbound',
    key: sid,
    url,
    body: encoded,
    retryDelaysMs: [],
    timeoutMs: TIMEOUT_MS,
  };
  let answer: InboundAnswer = { sid, status: 0, replies: [] };
  for (let time = 0; time < times; time += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: statusCallbackHeaders(authToken, webhook),
      body: encoded,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    answer = { sid, status: response.status, replies: repliesOf(await response.text()) };
    kit.record({ operation: webhook.operation, key: sid, request: form }, response.status, {
      replies: answer.replies,
    });
  }
  return answer;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The `<Message>` verbs of a TwiML answer. */
const repliesOf = (twiml: string): string[] =>
  [...twiml.matchAll(/<Message>([\s\S]*?)<\/Message>/g)].map(([, text = '']) =>
    text.replace(/&(amp|lt|gt|quot|apos);/g, (_whole, name: string) => entities[name]!),
  );
