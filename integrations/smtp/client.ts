import nodemailer from 'nodemailer';

export interface MailerConfig {
  /** `smtp://`, or `smtps://` for TLS from the start; with `user:password@` where the server asks for it. */
  url: string;
  /** `Name <address>` */
  from: string;
  timeouts?: {
    /** DNS and connection together. */
    connectionMs?: number;
    greetingMs?: number;
    /** Silence of the server in the middle of a conversation. */
    socketMs?: number;
    /** Everything together, waiting for a connection of the pool included. */
    totalMs?: number;
  };
}

export interface OutgoingMail {
  /** `<local@domain>`, the same for every attempt: the only thing by which a repeated mail can be recognised. */
  messageId: string;
  /** One recipient, so that every recipient has an outcome of their own. */
  to: string | { name: string; address: string };
  subject: string;
  html: string;
  text: string;
  /** Sent as an invitation inside the mail and as the attachment `invite.ics`. */
  ics?: { content: string; method: 'REQUEST' | 'CANCEL' };
  attachments?: { filename: string; contentType: string; content: Buffer }[];
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface SentMail {
  messageId: string;
  /** The server's last reply, e.g. `250 OK: message queued`. */
  response: string;
}

/** A mail that cannot be sent as it stands; nothing was tried. */
export class InvalidMailError extends Error {
  override readonly name = 'InvalidMailError';
}

const MESSAGE_ID = /^<[^\s<>@]+@[^\s<>@]+>$/;
const ADDRESS = /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/;
const HEADER_NAME = /^[A-Za-z0-9-]+$/;

/** User text in a header is one line: a line break would start a header of its own. */
const oneLine = (text: string) => text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ').trim();

function recipientOf(to: OutgoingMail['to']) {
  const { name, address } = typeof to === 'string' ? { name: '', address: to } : to;
  if (!ADDRESS.test(address)) throw new InvalidMailError('recipient is not a mail address');
  return { name: oneLine(name), address };
}

function headersOf(headers: Record<string, string> = {}): Record<string, string> {
  const invalid = Object.keys(headers).find((name) => !HEADER_NAME.test(name));
  if (invalid !== undefined) throw new InvalidMailError('a header name is not valid');
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, oneLine(value)]));
}

/** Travels with a mail through nodemailer. */
interface Delivery {
  /** Its source, from when a connection is ready for it; once it was read from, the server may have the mail. */
  body: { readonly readableDidRead: boolean } | null;
}

/**
 * Sends mail over pooled SMTP connections; repeating is left to the caller. Errors are nodemailer's, with
 * `dataStarted` telling whether the server may have the mail; `classifySmtpError` reads them.
 */
export function createMailer({ url, from, timeouts = {} }: MailerConfig) {
  const { connectionMs = 5_000, greetingMs = 5_000, socketMs = 8_000, totalMs = 10_000 } = timeouts;
  const transport = nodemailer.createTransport(
    {
      url,
      pool: true,
      // The pool would send a mail again whose connection broke, although the server may have it.
      maxRequeues: 0,
      idleTimeout: 30_000,
      dnsTimeout: connectionMs,
      connectionTimeout: connectionMs,
      greetingTimeout: greetingMs,
      socketTimeout: socketMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  transport.use('stream', ({ message, data }, done) => {
    const { delivery } = data as unknown as { delivery: Delivery };
    const createReadStream = message.createReadStream.bind(message);
    message.createReadStream = (...args) => {
      const body = createReadStream(...args);
      delivery.body = body;
      return body;
    };
    done();
  });

  return {
    async send({
      messageId,
      to,
      subject,
      html,
      text,
      ics,
      attachments,
      headers,
      signal,
    }: OutgoingMail): Promise<SentMail> {
      if (!MESSAGE_ID.test(messageId)) throw new InvalidMailError('Message-ID is not valid');
      const delivery: Delivery = { body: null };
      const limit = AbortSignal.timeout(totalMs);
      try {
        // `delivery` is ours and travels with the mail to the plugin above.
        const mail = {
          messageId,
          to: recipientOf(to),
          subject: oneLine(subject),
          html,
          text,
          headers: headersOf(headers),
          delivery,
          ...(attachments && { attachments }),
          ...(ics && { icalEvent: { ...ics, filename: 'invite.ics' } }),
          signal: signal ? AbortSignal.any([signal, limit]) : limit,
        };
        const info = await transport.sendMail(mail);
        const refused = info.rejectedErrors?.[0];
        if (refused) throw refused;
        return { messageId: info.messageId, response: info.response };
      } catch (error) {
        if (!(error instanceof Error) || error instanceof InvalidMailError) throw error;
        throw Object.assign(error, { dataStarted: delivery.body?.readableDidRead ?? false });
      }
    },
    /** Connects and logs in without sending. */
    verify: () => transport.verify(),
    /** Closes idle connections; mails under way are finished first. */
    close: () => transport.close(),
  };
}

export type Mailer = ReturnType<typeof createMailer>;
export { classifySmtpError } from './classify-error.ts';
