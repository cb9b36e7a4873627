import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Inbox } from '../../platform/inbox/inbox.ts';
import type { Logger } from '../../platform/logger.ts';
import { type FieldProblem, problem, sendProblem } from '../problem.ts';
import { readBody } from './read-body.ts';
import type { Rejections } from './rejections.ts';
import { readRequestContext } from './request-context.ts';

/** A verified body, read as far as the inbox needs it. */
export type WebhookReading =
  | {
      kind: 'event';
      eventType: string;
      eventKey: string;
      entity: string | null;
      /** Whose event it is, where the entity does not say it: a workflow id, or a sender. */
      about?: string | null;
      companyId: string | null;
      /** It is about somebody whom we do not know: it stands in the audit log. No personal data. */
      unowned?: { entity: string; detail: Record<string, unknown> };
    }
  /** JSON, but not an event as we know it. */
  | { kind: 'unreadable'; problems: FieldProblem[] }
  | { kind: 'not-json' };

type Verdict = { ok: true } | { ok: false; reason: string };

/** What is particular to a provider. */
export interface WebhookVendor {
  source: string;
  verify(headers: IncomingHttpHeaders, rawBody: Buffer, url: URL): Verdict | Promise<Verdict>;
  parse(rawBody: Buffer, url: URL): Promise<WebhookReading>;
  /** What the sender is told of an event that is stored; without it a plain 204. */
  answer?(rawBody: Buffer): Promise<object>;
  /** The same for a sender who is not told in JSON; null: a plain 204. */
  reply?(rawBody: Buffer): Promise<{ contentType: string; body: string } | null>;
}

export interface WebhookDeps {
  inbox: Pick<Inbox, 'accept'>;
  rejections: Pick<Rejections, 'note' | 'noteUnowned'>;
  log: Logger;
  bodyLimitBytes: number;
}

/** Runs in Express as well as directly under `node:http`; expects the body unread. */
export type WebhookHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

const RETRY_AFTER_SECONDS = '5';

/**
 * The way of every webhook: size, raw body, signature, parse, inbox, 204. A signed event that cannot be read
 * is kept as ignored and answered 2xx: repeating it would not help, and losing it would hide it.
 */
export function receiveWebhook(vendor: WebhookVendor, deps: WebhookDeps): WebhookHandler {
  const { inbox, rejections, log, bodyLimitBytes } = deps;
  const { source } = vendor;

  /** What is stored is stored: a reply that cannot be written must not look like a lost event. */
  async function replyOf(rawBody: Buffer) {
    try {
      return (await vendor.reply?.(rawBody)) ?? null;
    } catch (error) {
      log.error({ err: error, source }, 'no reply to a webhook');
      return null;
    }
  }

  const receive: WebhookHandler = async (req, res) => {
    const { requestId, traceParent } = readRequestContext(req.headers);
    res.setHeader('x-request-id', requestId);
    if (req.method !== 'POST') {
      const refusal = problem(405, 'method-not-allowed', 'Webhooks are posted.');
      return sendProblem(res, refusal, { allow: 'POST' });
    }

    const rawBody = await readBody(req, bodyLimitBytes);
    if (rawBody === 'aborted') return;
    if (rawBody === 'too-large') {
      log.warn({ source, requestId }, 'webhook body over the limit');
      const detail = `The body is over the limit of ${bodyLimitBytes} bytes.`;
      return sendProblem(res, problem(413, 'body-too-large', detail));
    }

    const url = new URL(req.url ?? '/', 'http://localhost');
    const signature = await vendor.verify(req.headers, rawBody, url);
    if (!signature.ok) {
      rejections.note({ source, requestId, reason: signature.reason });
      // The answer does not say what is wrong with it: whoever forges one must not be guided.
      return sendProblem(res, problem(401, 'invalid-signature', 'The signature is missing or not valid.'));
    }

    const reading = await vendor.parse(rawBody, url);
    if (reading.kind === 'not-json') {
      log.warn({ source, requestId }, 'webhook body is not JSON');
      return sendProblem(res, problem(400, 'invalid-json', 'The body is not JSON.'));
    }
    if (reading.kind === 'unreadable') {
      log.error(
        { source, requestId, problems: reading.problems },
        'webhook event cannot be read; it is kept',
      );
    }
    const event = reading.kind === 'event' ? reading : unparsable(rawBody);

    try {
      const { duplicate } = await inbox.accept({
        source,
        eventKey: event.eventKey,
        eventType: event.eventType,
        entity: event.entity,
        about: event.about ?? null,
        companyId: event.companyId,
        body: rawBody,
        requestId,
        traceParent,
      });
      if (reading.kind === 'event' && reading.unowned && !duplicate) {
        rejections.noteUnowned({ source, requestId, ...reading.unowned });
      }
    } catch (error) {
      log.error({ err: error, source, requestId }, 'webhook not stored');
      const refusal = problem(503, 'inbox-unavailable', 'The event could not be stored. Send it again.');
      return sendProblem(res, refusal, { 'retry-after': RETRY_AFTER_SECONDS });
    }
    const reply = reading.kind === 'event' && vendor.reply ? await replyOf(rawBody) : null;
    if (reply) {
      res.writeHead(200, { 'content-type': reply.contentType }).end(reply.body);
      return;
    }
    if (!vendor.answer || reading.kind !== 'event') {
      res.writeHead(204).end();
      return;
    }
    const answer = JSON.stringify(await vendor.answer(rawBody));
    res.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  };

  return async (req, res) => {
    try {
      await receive(req, res);
    } catch (error) {
      log.error({ err: error, source }, 'webhook handler failed');
      if (res.headersSent) res.destroy();
      else sendProblem(res, problem(500, 'internal-error', 'Something went wrong here. Send it again.'));
    }
  };
}

const unparsable = (rawBody: Buffer) => ({
  eventType: 'unparsable',
  eventKey: `unparsable:${createHash('sha256').update(rawBody).digest('hex')}`,
  entity: null,
  about: null,
  companyId: null,
});
