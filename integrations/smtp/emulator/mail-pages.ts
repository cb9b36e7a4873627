import { Hono } from 'hono';
import { html } from 'hono/html';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import type { CalendarDetails } from './calendar-details.ts';
import { mailPage } from './mail-layout.ts';
import { type MailView, viewMail } from './mail-view.ts';
import type { StoredMail } from './stored-mail.ts';

/** Pages of the inbox show the newest mails; older ones are in the JSON list. */
const SHOWN = 200;

/** The inbox: list and mail as pages, and both as JSON under `/mail/api/messages`. */
export function mailPages(kit: EmulatorKit): Hono {
  const mails = kit.collection<StoredMail>('mails');
  const newestFirst = (to?: string) =>
    mails
      .values()
      .filter((mail) => !to || mail.to.includes(to))
      .sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
    );
  });

  app.get('/', async (c) => {
    const views = await Promise.all(newestFirst(c.req.query('to')).slice(0, SHOWN).map(viewMail));
    return c.html(mailPage('Inbox', list(views), true));
  });
  app.get('/messages/:id', async (c) => {
    const mail = mails.get(c.req.param('id'));
    if (!mail)
      return c.html(
        mailPage('Not found', html`<h1>This mail is not here</h1><p><a href="/mail">Inbox</a></p>`),
        404,
      );
    return c.html(mailPage('Mail', message(await viewMail(mail), mail.source)));
  });
  app.get('/api/messages', async (c) =>
    c.json(await Promise.all(newestFirst(c.req.query('to')).map(viewMail))),
  );
  app.get('/api/messages/:id', async (c) => {
    const mail = mails.get(c.req.param('id'));
    return mail ? c.json(await viewMail(mail)) : c.json({ status: 404, title: 'Not found' }, 404);
  });
  return app;
}

const clock = (at: string) => at.slice(0, 16).replace('T', ' ');

function list(views: MailView[]) {
  if (views.length === 0) {
    return html`<h1>Inbox</h1><p class="card">No mail yet. Whatever the application sends appears here by itself.</p>`;
  }
  return html`<h1>Inbox <span class="soft">${views.length} mails</span></h1><ol class="mails">${views.map(
    (mail) => html`<li><a href="/mail/messages/${mail.id}"><strong>${mail.subject || '(no subject)'}</strong>
      <span class="soft">${clock(mail.receivedAt)} UTC</span>
      <span class="soft">${mail.to.join(', ')}</span>${mail.calendar ? html`<span class="tag">calendar</span>` : html`<span></span>`}</a></li>`,
  )}</ol>`;
}

function message(mail: MailView, source: string) {
  return html`<p><a href="/mail">← Inbox</a></p><h1>${mail.subject || '(no subject)'}</h1>
    <dl class="card"><dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to.join(', ')}</dd>
    <dt>Received</dt><dd>${clock(mail.receivedAt)} UTC</dd><dt>Message-ID</dt><dd>${mail.messageId ?? 'none'}</dd></dl>
    ${mail.calendar ? calendar(mail.calendar) : ''}
    ${mail.html ? html`<h2>HTML</h2><iframe sandbox="" title="The mail as HTML" srcdoc="${mail.html}"></iframe>` : ''}
    ${mail.text ? html`<h2>Text</h2><div class="card"><pre>${mail.text}</pre></div>` : ''}
    <details><summary><h2 style="display:inline">Source</h2></summary><div class="card"><pre>${source}</pre></div></details>`;
}

function calendar({ method, events }: CalendarDetails) {
  return events.map(
    (event) => html`<h2>Calendar <span class="tag">${method ?? 'no method'}</span></h2>
      <dl class="card"><dt>What</dt><dd>${event.summary}</dd><dt>When</dt><dd>${event.when}</dd>
      <dt>Organizer</dt><dd>${event.organizer ?? 'none'}</dd><dt>Who</dt><dd>${event.attendees.join(', ') || 'nobody'}</dd>
      <dt>Status</dt><dd>${event.status ?? 'none'}, sequence ${event.sequence ?? '0'}</dd></dl>`,
  );
}
