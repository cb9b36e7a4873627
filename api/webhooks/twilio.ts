import type { Db } from '../../db/connect.ts';
import { languageCode } from '../../db/phone-desk/notification/channel-facts.ts';
import { senderOf } from '../../db/privacy/senders.ts';
import {
  InvalidTwilioEventError,
  parseTwilioEvent,
  type TwilioInbound,
  type TwilioStatus,
  twimlReply,
  verifyTwilioSignature,
} from '../../integrations/twilio/webhook.ts';
import type { Env } from '../../platform/env.ts';
import type { Vault } from '../../platform/vault.ts';
import { inboundMessageEntity, notificationWorkflowId } from '../../shared/ids.ts';
import { renderPlain } from '../../shared/messages/liquid.ts';
import { answerTo, readReplyWord } from '../../shared/messages/reply-words.ts';
import { concernedBy } from './message-events.ts';
import { receiveWebhook, type WebhookDeps, type WebhookHandler } from './receive.ts';

export const twilioWebhookPath = '/api/webhooks/twilio';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * `POST /api/webhooks/twilio`: reports on messages of ours (`?notification=<id>`, which the signature covers), and
 * what people write to our numbers. The first go to their message, words of opting out and in to the customer.
 */
export function createTwilioWebhook(
  deps: WebhookDeps & {
    db: Db;
    vault: Vault;
    env: Pick<Env, 'PUBLIC_URL' | 'TWILIO_AUTH_TOKEN' | 'TWILIO_FROM_NUMBER'>;
  },
): WebhookHandler {
  const { db, vault, env, log } = deps;
  const base = env.PUBLIC_URL.replace(/\/+$/, '');

  async function replyTo(inbound: TwilioInbound): Promise<string | null> {
    const said = readReplyWord(inbound.text);
    if (!said || inbound.answeredByTwilio) return null;
    const concerned = await concernedBy({ db, vault }, inbound, env.TWILIO_FROM_NUMBER);
    const { companies } = concerned;
    const people = [...concerned.customers, ...concerned.callUsers];
    const known = companies.filter(({ id }) => people.some(({ companyId }) => companyId === id));
    // Whom nobody knows is told whose number it is.
    const writing = known.length > 0 ? known : companies;
    if (writing.length === 0) return null;
    const language = people[0] ? languageCode(people[0].locale) : said.language;
    return renderPlain(answerTo(said, language, said.language), {
      company: writing.map(({ name }) => name).join(', '),
      contact: writing.map(({ contactEmail }) => contactEmail).join(', '),
    });
  }

  return receiveWebhook(
    {
      source: 'twilio',
      verify(headers, rawBody, url) {
        const header = headers['x-twilio-signature'];
        return verifyTwilioSignature({
          url: `${base}${url.pathname}${url.search}`,
          rawBody,
          header: typeof header === 'string' ? header : undefined,
          tokens: [env.TWILIO_AUTH_TOKEN],
        });
      },
      async parse(rawBody, url) {
        let event: TwilioStatus | TwilioInbound;
        try {
          event = parseTwilioEvent(rawBody);
        } catch (error) {
          if (!(error instanceof InvalidTwilioEventError)) throw error;
          return { kind: 'unreadable', problems: error.problems };
        }
        const { messageSid } = event;
        if (event.kind === 'status') {
          const { status, delivery } = event;
          if (delivery === null) log.warn({ status }, 'a message has a status that nobody documented');
          const notificationId = url.searchParams.get('notification') ?? '';
          const entity =
            UUID.test(notificationId) && delivery ? notificationWorkflowId(notificationId) : null;
          const eventKey = `${messageSid}:${status}`;
          return { kind: 'event', eventType: `message.${status}`, eventKey, entity, companyId: null };
        }
        const said = readReplyWord(event.text);
        // Per pair of numbers, so that a word and the one after it are carried out in their order.
        const pair = vault.blindIndex('inbound-message', `${event.channel} ${event.from} ${event.to}`);
        return {
          kind: 'event',
          eventType: said ? `reply.${said.word}` : 'reply.text',
          eventKey: `${messageSid}:received`,
          entity: said ? inboundMessageEntity(pair.toString('hex')) : null,
          about: senderOf(vault, event.from),
          companyId: null,
        };
      },
      async reply(rawBody) {
        const event = parseTwilioEvent(rawBody);
        if (event.kind === 'status') return null;
        return { contentType: 'text/xml; charset=utf-8', body: twimlReply(await replyTo(event)) };
      },
    },
    deps,
  );
}
