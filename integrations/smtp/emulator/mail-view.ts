import { type Attachment, type EmailAddress, simpleParser } from 'mailparser';
import { type CalendarDetails, readCalendar } from './calendar-details.ts';
import type { StoredMail } from './stored-mail.ts';

/** A mail taken apart for showing; this is also what `/mail/api` answers. */
export interface MailView {
  id: string;
  receivedAt: string;
  messageId: string | null;
  from: string;
  /** Addresses of the envelope: who really gets it. */
  to: string[];
  subject: string;
  sizeBytes: number;
  headers: { name: string; value: string }[];
  text: string | null;
  html: string | null;
  calendar: CalendarDetails | null;
  attachments: { filename: string; contentType: string; sizeBytes: number }[];
}

const CACHED_VIEWS = 500;
const views = new Map<string, Promise<MailView>>();

const parse = (mail: StoredMail) =>
  simpleParser(Buffer.from(mail.source, 'latin1'), { skipTextToHtml: true, skipHtmlToText: true });

const isCalendar = ({ contentType }: Attachment) =>
  /^(?:text\/calendar|application\/ics)$/i.test(contentType);
/** Files of their own: not what the mail itself shows (inline images, the invitation). */
const isFile = ({ related, contentType }: Attachment) => !related && contentType !== 'text/calendar';

const nameAndAddress = ({ name, address = '' }: EmailAddress) => (name ? `${name} <${address}>` : address);

async function read(mail: StoredMail): Promise<MailView> {
  const { id, receivedAt, messageId, to, sizeBytes } = mail;
  const { from, subject, text, html, headerLines, attachments } = await parse(mail);
  const calendar = attachments.find(isCalendar);
  return {
    id,
    receivedAt,
    messageId,
    from: from?.value.map(nameAndAddress).join(', ') || mail.from,
    to,
    subject: subject ?? '',
    sizeBytes,
    headers: headerLines.map(({ line }) => ({
      name: line.slice(0, line.indexOf(':')),
      value: line.slice(line.indexOf(':') + 1).trim(),
    })),
    text: text || null,
    html: html || null,
    calendar: calendar ? readCalendar(calendar.content.toString('utf8')) : null,
    attachments: attachments.filter(isFile).map(({ filename, contentType, size }) => ({
      filename: filename ?? 'attachment',
      contentType,
      sizeBytes: size,
    })),
  };
}

/** Takes a mail apart, once: a kept mail never changes. */
export function viewMail(mail: StoredMail): Promise<MailView> {
  const known = views.get(mail.id);
  if (known) return known;
  const view = read(mail);
  views.set(mail.id, view);
  const [oldest] = views.keys();
  if (views.size > CACHED_VIEWS && oldest !== undefined) views.delete(oldest);
  return view;
}

/** The content of a file that came with the mail, by its place in `attachments`. */
export async function readAttachment(mail: StoredMail, index: number): Promise<Attachment | null> {
  const { attachments } = await parse(mail);
  return attachments.filter(isFile)[index] ?? null;
}
