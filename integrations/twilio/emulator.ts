import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorKit } from '../../shared/emulator.ts';
import { bodyOf, contentSchema, refuseTemplate, seedContents, sessionError } from './emulator/contents.ts';
import { inboundSchema, receiveInbound } from './emulator/inbound.ts';
import { messageList } from './emulator/message-list.ts';
import { type MessageRecord, messageResource } from './emulator/message-resource.ts';
import { messagesPage } from './emulator/messages-page.ts';
import {
  channelOf,
  conditionOf,
  type MessageForm,
  type RecipientCondition,
  recipientConditions,
  refusal,
  refuseMessage,
  TEST_SENDER,
} from './emulator/refusals.ts';
import { planStatusCallbacks, statusCallbackHeaders } from './emulator/status-callbacks.ts';

export interface TwilioEmulatorOptions {
  accountSid: string;
  authToken: string;
  /** Numbers that the account owns, E.164. */
  senders?: string[];
}

const DEFAULT_SENDERS = ['+4930901820'];

const seedSchema = z.strictObject({
  senders: z.array(z.string()).default([]),
  contents: z.array(contentSchema).default([]),
  /** `condition: null` makes the recipient an ordinary one again. */
  recipients: z
    .array(
      z.strictObject({
        number: z.string(),
        condition: z.enum(Object.keys(recipientConditions) as [RecipientCondition]).nullable(),
      }),
    )
    .default([]),
});

/** The part of Twilio's API that sends and finds messages, with its refusals and signed status callbacks. */
export function createTwilioEmulator(options: TwilioEmulatorOptions): Emulator {
  return {
    vendor: 'twilio',
    routes: (kit) => routes(kit, options),
    seed(kit, data) {
      const { senders, recipients, contents } = seedSchema.parse(data);
      seedContents(kit, contents);
      for (const number of senders) kit.collection<true>('senders').put(number, true);
      const conditions = kit.collection<RecipientCondition>('recipients');
      for (const { number, condition } of recipients) {
        if (condition === null) conditions.delete(number);
        else conditions.put(number, condition);
      }
    },
    webhookHeaders: (_kit, webhook) => statusCallbackHeaders(options.authToken, webhook),
  };
}

/** Our own reference as Twilio sees it: the last `ref …` of the text, else `key` of the status callback. */
export function referenceOf({ Body = '', StatusCallback = '' }: MessageForm): string | null {
  const inText = [...Body.matchAll(/\bref ([a-z0-9-]{6,})\b/gi)].at(-1)?.[1];
  if (inText) return inText;
  return URL.canParse(StatusCallback) ? new URL(StatusCallback).searchParams.get('key') : null;
}

function routes(kit: EmulatorKit, options: TwilioEmulatorOptions): Hono {
  const { accountSid, authToken } = options;
  const senders = new Set([TEST_SENDER, ...(options.senders ?? DEFAULT_SENDERS)]);
  const messages = kit.collection<MessageRecord>('messages');
  const recipients = kit.collection<RecipientCondition>('recipients');
  const ownSenders = kit.collection<true>('senders');
  const isOwnSender = (number: string) => senders.has(number) || ownSenders.get(number) === true;

  const credentials = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const app = new Hono();
  const answer = (c: Context, { status, body }: ReturnType<typeof refusal>) =>
    c.json(body as object, status as 401);
  const notFound = (c: Context) => {
    const path = c.req.path.slice(c.req.path.indexOf('/2010-04-01'));
    return refusal(404, 20404, `The requested resource ${path} was not found`);
  };

  app.get('/_emulator/messages', (c) => c.html(messagesPage(messages.values(), new Date())));

  app.post('/_emulator/inbound', async (c) =>
    c.json(await receiveInbound(kit, options, inboundSchema.parse(await c.req.json()))),
  );

  app.use('/2010-04-01/*', async (c, next) => {
    if (c.req.header('authorization') !== credentials) return answer(c, refusal(401, 20003, 'Authenticate'));
    return next();
  });
  app.use('/2010-04-01/Accounts/:sid/*', async (c, next) =>
    c.req.param('sid').replace(/\.json$/, '') === accountSid ? next() : answer(c, notFound(c)),
  );

  app.post('/2010-04-01/Accounts/:sid/Messages.json', async (c) => {
    const form = (await c.req.parseBody()) as MessageForm;
    const operation = { operation: 'messages.create', key: referenceOf(form), request: form };
    return kit.execute(c, operation, () => {
      const condition = conditionOf(form.To ?? '', recipients.get);
      const refused = refuseMessage(form, isOwnSender, condition) ?? refuseTemplate(kit, form);
      if (refused) return refused;
      const now = new Date();
      const message = acceptMessage(kit, accountSid, form, condition, now);
      messages.put(message.sid, message);
      if (form.StatusCallback) planStatusCallbacks(kit, message, form.StatusCallback);
      return { status: 201, body: messageResource(message, now) };
    });
  });

  app.get('/2010-04-01/Accounts/:sid/Messages.json', (c) =>
    kit.read(c, 'messages.list', () => ({
      status: 200,
      body: messageList(messages.values(), accountSid, c.req.query(), new Date()),
    })),
  );

  app.get('/2010-04-01/Accounts/:sid/Messages/:file', (c) =>
    kit.read(c, 'messages.get', () => {
      const message = messages.get(c.req.param('file').replace(/\.json$/, ''));
      return message ? { status: 200, body: messageResource(message, new Date()) } : notFound(c);
    }),
  );

  app.get('/2010-04-01/Accounts/:file', (c) =>
    kit.read(c, 'accounts.get', () =>
      c.req.param('file') === `${accountSid}.json`
        ? { status: 200, body: accountResource(accountSid) }
        : notFound(c),
    ),
  );

  app.all('/2010-04-01/*', (c) => answer(c, notFound(c)));
  return app;
}

const SINCE = 'Thu, 01 Jan 2026 00:00:00 +0000';

/** The account in the shape of Twilio's REST API; its token is never shown to those who ask with it. */
const accountResource = (sid: string) => ({
  sid,
  friendly_name: 'Emulated account',
  owner_account_sid: sid,
  status: 'active',
  type: 'Full',
  date_created: SINCE,
  date_updated: SINCE,
  auth_token: null,
  uri: `/2010-04-01/Accounts/${sid}.json`,
  subresource_uris: { messages: `/2010-04-01/Accounts/${sid}/Messages.json` },
});

const isWhatsApp = ({ To = '' }: MessageForm) => channelOf(To) === 'whatsapp';

function acceptMessage(
  kit: EmulatorKit,
  accountSid: string,
  form: MessageForm,
  condition: RecipientCondition | undefined,
  now: Date,
): MessageRecord {
  const code = condition === undefined ? 0 : recipientConditions[condition];
  // Codes from 30000 on are what the carrier reports after Twilio has accepted the message.
  const undeliverable = code >= 30_000 && (code !== recipientConditions['no-whatsapp'] || isWhatsApp(form));
  return {
    sid: kit.nextId('SM'),
    accountSid,
    to: form.To ?? '',
    from: form.From ?? null,
    messagingServiceSid: form.MessagingServiceSid ?? null,
    body: bodyOf(kit, form),
    createdAt: now.toISOString(),
    deliveryError: undeliverable ? code : sessionError(kit, form, now),
  };
}
