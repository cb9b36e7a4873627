import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { trimTrailingSlash } from 'hono/trailing-slash';
import type { EmulatorKit } from '../../../../shared/emulator.ts';
import { readAttachment, viewMail } from '../mail-view.ts';
import type { StoredMail } from '../stored-mail.ts';
import { BASE, type Html, PAGE_POLICY, page } from './layout.ts';
import { mailList } from './mail-list.ts';
import { chooseTab, FRAME_POLICY, framedMail, mailPage } from './mail-page.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** Mails in one list; older ones are a link away. */
const PAGE_SIZE = 100;

const gone = () =>
  html`<p class="nothing">This mail is not here any more.<br><a href="${BASE}">Back to the inbox</a></p>`;

/** Sends bytes as a file to keep, whatever type they claim to be. */
const download = (content: Uint8Array, filename: string) =>
  new Response(new Uint8Array(content), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`,
      'x-content-type-options': 'nosniff',
    },
  });

/** The inbox at `/mail`: list and mail as pages, the same as JSON under `/mail/api/messages`. */
export function mailPages(kit: EmulatorKit, smtpUrl: () => string): Hono {
  const mails = kit.collection<StoredMail>('mails');
  const app = new Hono();
  app.use(trimTrailingSlash());

  /** Newest first; `before` is the id of the mail after which the list goes on. */
  async function search(filter: string, before: string | undefined) {
    const newest = mails.values().toReversed();
    const start = before === undefined ? 0 : newest.findIndex(({ id }) => id === before) + 1;
    const wanted = filter.toLowerCase();
    const found = [];
    for (const mail of newest.slice(start)) {
      const view = await viewMail(mail);
      const matches = [...view.to, view.subject].some((text) => text.toLowerCase().includes(wanted));
      if (matches && found.push(view) > PAGE_SIZE) break;
    }
    return { views: found.slice(0, PAGE_SIZE), hasOlder: found.length > PAGE_SIZE };
  }

  async function listOf(c: Context, openId: string | null) {
    const filter = c.req.query('q')?.trim() ?? '';
    const before = c.req.query('before');
    const { views, hasOlder } = await search(filter, before);
    const query = (extra: Record<string, string | null | undefined>) =>
      new URLSearchParams(Object.entries(extra).filter((pair): pair is [string, string] => Boolean(pair[1])));
    const olderHref = hasOlder ? `${BASE}?${query({ q: filter, before: views.at(-1)?.id })}` : null;
    return {
      filter,
      list: {
        markup: mailList({ mails: views, filter, openId, olderHref, smtpUrl: smtpUrl(), now: new Date() }),
        source: `${BASE}/list?${query({ q: filter, before, open: openId })}`,
        version: `"${views[0]?.id ?? 'none'}-${views.length}"`,
      },
    };
  }

  const show = (c: Context, markup: Html, status: 200 | 404 = 200) =>
    c.html(markup, status, { 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-store' });
  const asset = (type: string, text: string) => (c: Context) =>
    c.body(text, 200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' });

  app.get('/inbox.css', asset('text/css', style));
  app.get('/inbox.js', asset('text/javascript', script));

  app.get('/', async (c) => show(c, page({ title: 'Inbox', ...(await listOf(c, null)), reading: null })));

  app.get('/list', async (c) => {
    const { list } = await listOf(c, c.req.query('open') ?? null);
    return c.html(list.markup, 200, { etag: list.version, 'cache-control': 'no-store' });
  });

  app.get('/messages/:id', async (c) => {
    const mail = mails.get(c.req.param('id'));
    const parts = await listOf(c, mail?.id ?? null);
    if (!mail) return show(c, page({ title: 'No such mail', ...parts, reading: gone() }), 404);
    const view = await viewMail(mail);
    const reading = mailPage(view, mail.source, chooseTab(view, c.req.query('view')), parts.filter);
    return show(c, page({ title: view.subject || 'Mail', ...parts, reading }));
  });

  app.get('/messages/:id/html', async (c) => {
    const mail = mails.get(c.req.param('id'));
    if (!mail) return c.notFound();
    return c.html(framedMail(await viewMail(mail)), 200, { 'content-security-policy': FRAME_POLICY });
  });

  app.get('/messages/:id/raw', (c) => {
    const mail = mails.get(c.req.param('id'));
    return mail ? download(Buffer.from(mail.source, 'latin1'), `${mail.id}.eml`) : c.notFound();
  });

  app.get('/messages/:id/attachments/:index', async (c) => {
    const mail = mails.get(c.req.param('id'));
    const file = mail && (await readAttachment(mail, Number(c.req.param('index'))));
    return file ? download(file.content, file.filename ?? 'attachment') : c.notFound();
  });

  /** Newest first; `?to=` is an exact recipient. */
  app.get('/api/messages', async (c) => {
    const to = c.req.query('to')?.toLowerCase();
    const wanted = mails
      .values()
      .filter((mail) => !to || mail.to.some((address) => address.toLowerCase() === to));
    return c.json(await Promise.all(wanted.toReversed().map(viewMail)));
  });
  app.get('/api/messages/:id', async (c) => {
    const mail = mails.get(c.req.param('id'));
    return mail
      ? c.json({ ...(await viewMail(mail)), source: mail.source })
      : c.json({ error: 'no such mail' }, 404);
  });
  return app;
}
