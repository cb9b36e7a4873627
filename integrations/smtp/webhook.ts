import { createHash } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { z } from 'zod';
import type { Delivery } from '../../shared/messages/delivery.ts';
import { notificationOfMessageId } from '../../shared/messages/message-id.ts';
import { isBadMailbox } from './mailbox-status.ts';

/** What a mail server says of one of our mails after it had been taken. */
export interface MailReport {
  eventKey: string;
  /** Null: of a mail that is not a notification. */
  notificationId: string | null;
  delivery: Delivery;
  /** Enhanced status code (RFC 3463), e.g. `5.1.1`. */
  code: string | null;
  /** Every other mail to this address would come back too. */
  badAddress: boolean;
}

/** Thrown for what is neither a delivery status notification nor our JSON form of one. */
export class InvalidMailReportError extends Error {
  override readonly name = 'InvalidMailReportError';
  readonly problems: { path: string; message: string }[];
  constructor(problems: { path: string; message: string }[]) {
    super('not a report on a mail');
    this.problems = problems;
  }
}

/** Actions of RFC 3464, 2.3.3. */
const deliveryOf = {
  failed: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'sent',
  expanded: 'sent',
} as const satisfies Record<string, Delivery>;
type Action = keyof typeof deliveryOf;

const statusCode = z.string().regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'must be a status code such as 5.1.1');

/** What a relay that does not forward the bounce itself posts instead. */
const jsonSchema = z.object({
  messageId: z.string().min(3).max(500),
  action: z.enum(Object.keys(deliveryOf) as [Action, ...Action[]]),
  status: statusCode.optional(),
});

/**
 * Reads a bounce: a delivery status notification (RFC 3464) as it came, `message/rfc822`, or as JSON
 * `{messageId, action, status?}`. Throws `InvalidMailReportError`, also for other mail that answers one of ours: who is
 * on holiday has not bounced.
 */
export async function parseMailReport(rawBody: Buffer): Promise<MailReport> {
  const eventKey = createHash('sha256').update(rawBody).digest('hex');
  const text = rawBody.toString('latin1');
  const { messageId, action, status } = /^\s*\{/.test(text)
    ? readJson(rawBody)
    : await readDsn(rawBody, text);
  const delivery = deliveryOf[action];
  return {
    eventKey,
    notificationId: notificationOfMessageId(messageId),
    delivery,
    code: status ?? null,
    badAddress: delivery === 'failed' && status?.startsWith('5') === true && isBadMailbox(status),
  };
}

interface Reported {
  messageId: string;
  action: Action;
  status?: string | undefined;
}

function readJson(rawBody: Buffer): Reported {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString());
  } catch {
    throw new InvalidMailReportError([{ path: 'body', message: 'is not JSON' }]);
  }
  const parsed = jsonSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new InvalidMailReportError(
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })),
  );
}

async function readDsn(rawBody: Buffer, source: string): Promise<Reported> {
  const { attachments } = await simpleParser(rawBody, { skipTextToHtml: true, skipHtmlToText: true });
  const fields = deliveryStatusOf(source);
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.+?)[ \\t]*\r?$`, 'im').exec(fields)?.[1];
  const action = field('Action')?.toLowerCase();
  if (action === undefined || !Object.hasOwn(deliveryOf, action)) {
    throw new InvalidMailReportError([
      { path: 'Action', message: 'is missing: this is no delivery status notification' },
    ]);
  }
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(field('Status') ?? '')?.[0];
  // The headers of the original mail come as a part of their own; encoded ones are decoded by the parser.
  const original = attachments.map(({ content }) => content.toString('latin1')).join('\n');
  return { messageId: `${original}\n${source}`, action: action as Action, status };
}

/** The machine-readable part, which is never encoded (RFC 3464, 2.1); the parser mixes it with the words around it. */
function deliveryStatusOf(source: string): string {
  const part = /^Content-Type:[ \t]*message\/delivery-status\b[\s\S]*?\r?\n\r?\n([\s\S]*?)\r?\n--/im.exec(
    source,
  );
  return part?.[1] ?? '';
}
