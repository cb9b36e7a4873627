import { html } from 'hono/html';
import type { CalendarDetails } from '../calendar-details.ts';
import type { MailView } from '../mail-view.ts';
import { BASE, type Html } from './layout.ts';

export interface ListParts {
  mails: MailView[];
  filter: string;
  /** Id of the open mail. */
  openId: string | null;
  /** Where the list goes on, if it does. */
  olderHref: string | null;
  /** Address of the SMTP server, for the empty state. */
  smtpUrl: string;
  now: Date;
}

export const isCancellation = ({ method }: CalendarDetails) => method === 'CANCEL';

/** `14:05` today, else `3 Mar`, or with the year when it is another one. */
export function shortTime(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) {
    return at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  }
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year });
}

export const mailHref = (id: string, filter: string) =>
  `${BASE}/messages/${id}${filter ? `?q=${encodeURIComponent(filter)}` : ''}`;

export function calendarBadge(calendar: CalendarDetails): Html {
  return isCancellation(calendar)
    ? html`<span class="badge cancel">Cancellation</span>`
    : html`<span class="badge">Appointment</span>`;
}

/** The list of mails, newest first, or why there is none. */
export function mailList({ mails, filter, openId, olderHref, smtpUrl, now }: ListParts): Html {
  if (mails.length === 0) {
    return filter
      ? html`<p class="empty"><strong>No mail matches “${filter}”.</strong><a href="${BASE}">Show all</a></p>`
      : html`<p class="empty"><strong>No mail yet.</strong>Whatever is sent to ${smtpUrl} appears here by itself and goes nowhere else.</p>`;
  }
  const items = mails.map((mail) => {
    const at = new Date(mail.receivedAt);
    const current = mail.id === openId ? html` aria-current="true"` : '';
    return html`<li><a id="${mail.id}" href="${mailHref(mail.id, filter)}"${current}>
<span class="dot"></span><span class="to">${mail.to.join(', ')}</span><time datetime="${mail.receivedAt}">${shortTime(at, now)}</time>
<span class="subject"><span>${mail.subject || '(no subject)'}</span>${mail.calendar ? calendarBadge(mail.calendar) : ''}</span>
<span class="from">from ${mail.from}</span></a></li>`;
  });
  const more = olderHref ? html`<p class="more"><a href="${olderHref}">Older mails</a></p>` : '';
  return html`<ol>${items}</ol>${more}`;
}
