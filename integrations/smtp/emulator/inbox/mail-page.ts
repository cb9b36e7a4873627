import { html } from 'hono/html';
import type { CalendarDetails, CalendarEvent } from '../calendar-details.ts';
import type { MailView } from '../mail-view.ts';
import { BASE, type Html } from './layout.ts';
import { isCancellation, mailHref } from './mail-list.ts';

const tabNames = { html: 'HTML', text: 'Text', calendar: 'Calendar', headers: 'Headers', source: 'Source' };
export type Tab = keyof typeof tabNames;

/** The policy of the framed mail: its own styles and inline images, no script, nothing from elsewhere. */
export const FRAME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";

/** The mail as a document of its own; links open in a new tab. */
export const framedMail = (mail: MailView) =>
  `<!doctype html><meta charset="utf-8"><base target="_blank"><meta name="referrer" content="no-referrer">${mail.html ?? ''}`;

function tabsOf({ html: markup, text, calendar }: MailView): Tab[] {
  return [
    ...(markup === null ? [] : (['html'] as const)),
    ...(text === null ? [] : (['text'] as const)),
    ...(calendar === null ? [] : (['calendar'] as const)),
    'headers',
    'source',
  ];
}

/** The tab to show: the wished one if the mail has it, else the first. */
export function chooseTab(mail: MailView, wished: string | undefined): Tab {
  const tabs = tabsOf(mail);
  return tabs.find((tab) => tab === wished) ?? tabs[0] ?? 'source';
}

const facts = (rows: [name: string, value: unknown][]) =>
  html`<dl class="facts">${rows
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

/** A moment in UTC; the script writes it in the reader's zone. */
const when = ({ when: text, startsAtUtc }: CalendarEvent) =>
  startsAtUtc ? html`${text}<br><span class="soft" data-starts="${startsAtUtc}"></span>` : text;

function appointment(calendar: CalendarDetails): Html {
  const cancelled = isCancellation(calendar);
  const events = calendar.events.map(
    (event) =>
      html`<p class="appointment ${cancelled ? 'cancel' : ''}"><strong>${cancelled ? 'Cancelled: ' : ''}${event.summary}</strong>${when(event)}</p>`,
  );
  return html`${events}`;
}

function calendarPaper({ method, events }: CalendarDetails): Html {
  const papers = events.map(
    (event) =>
      html`<section class="paper"><h2>${event.summary}</h2>${facts([
        ['When', when(event)],
        ['Where', event.location],
        ['About', event.description],
        ['From', event.organizer],
        ['For', event.attendees.join('\n')],
        ['Status', event.status],
        ['Method', method],
        ['Version', event.sequence],
        ['UID', event.uid],
      ])}</section>`,
  );
  return events.length ? html`${papers}` : html`<p class="paper">The calendar file holds no event.</p>`;
}

function paper(mail: MailView, source: string, tab: Tab): Html {
  switch (tab) {
    case 'html':
      return html`<iframe title="The mail as HTML" src="${BASE}/messages/${mail.id}/html" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>`;
    case 'text':
      return html`<div class="paper"><pre class="words">${mail.text}</pre></div>`;
    case 'calendar':
      return mail.calendar ? calendarPaper(mail.calendar) : html``;
    case 'headers':
      return html`<div class="paper">${facts(mail.headers.map(({ name, value }) => [name, value]))}</div>`;
    case 'source':
      return html`<div class="paper"><pre>${source}</pre></div><p><a href="${BASE}/messages/${mail.id}/raw">Download as a file</a></p>`;
  }
}

const size = (bytes: number) => (bytes < 1_024 ? `${bytes} bytes` : `${Math.round(bytes / 1_024)} kB`);

/** One mail: who, when, the appointment at a glance, and its parts as tabs that are links. */
export function mailPage(mail: MailView, source: string, tab: Tab, filter: string): Html {
  const here = mailHref(mail.id, filter);
  const tabs = tabsOf(mail).map((name) => {
    const current = name === tab ? html` aria-current="page"` : '';
    return html`<a href="${here}${filter ? '&' : '?'}view=${name}"${current}>${tabNames[name]}</a>`;
  });
  const files = mail.attachments.map(
    ({ filename, sizeBytes }, index) =>
      html`<li><a href="${BASE}/messages/${mail.id}/attachments/${index}" download>${filename} <span class="soft">${size(sizeBytes)}</span></a></li>`,
  );
  const received = new Date(mail.receivedAt).toLocaleString('en-GB', {
    dateStyle: 'full',
    timeStyle: 'medium',
  });
  return html`<article class="mail">
<div><a class="back" href="${BASE}${filter ? `?q=${encodeURIComponent(filter)}` : ''}#${mail.id}">← Inbox</a>
<h1>${mail.subject || '(no subject)'}</h1></div>
${facts([
  ['From', mail.from],
  ['To', mail.to.join(', ')],
  ['Received', html`<time datetime="${mail.receivedAt}">${received}</time>`],
])}
${mail.calendar && tab !== 'calendar' ? appointment(mail.calendar) : ''}
<nav class="tabs" aria-label="Parts of the mail">${tabs}</nav>
<div>${paper(mail, source, tab)}</div>
${files.length ? html`<section aria-label="Attachments"><ul class="files">${files}</ul></section>` : ''}
</article>`;
}
