import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Mailer } from '../../../integrations/smtp/client.ts';
import { invitation, mail, startSmtp } from './fixture.ts';

let smtp: Awaited<ReturnType<typeof startSmtp>>;
let mailer: Mailer;
beforeAll(async () => {
  smtp = await startSmtp();
  mailer = smtp.connect();
});
afterAll(() => smtp.close());
beforeEach(() => smtp.reset());

const get = (path: string) => fetch(`${smtp.url}/mail${path}`);
const textOf = async (path: string) => (await get(path)).text();
const newestId = async () => (await smtp.mails())[0]?.id ?? '';

describe('the list', () => {
  it('says what to expect when it is empty', async () => {
    const page = await textOf('');
    expect(page).toContain('No mail yet.');
    expect(page).toContain(`smtp://127.0.0.1:${smtp.smtpPort()}`);
    expect((await get('/')).url).toBe(`${smtp.url}/mail`);
  });

  it('shows mails newest first, with their appointment', async () => {
    await mailer.send(mail({ subject: 'First', to: 'a@example.com' }));
    await mailer.send(
      mail({ subject: 'Second', ics: { content: invitation('REQUEST'), method: 'REQUEST' } }),
    );
    await mailer.send(mail({ subject: 'Third', ics: { content: invitation('CANCEL'), method: 'CANCEL' } }));
    const page = await textOf('');
    const order = ['Third', 'Cancellation', 'Second', 'Appointment', 'First'].map((word) =>
      page.indexOf(word),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThan(0);
  });

  it('finds by recipient or subject', async () => {
    await mailer.send(mail({ subject: 'Apple', to: 'max@example.com' }));
    await mailer.send(mail({ subject: 'Pear' }));
    expect(await textOf('?q=MAX@')).toMatch(/Apple/);
    expect(await textOf('?q=max@')).not.toMatch(/Pear/);
    expect(await textOf('?q=pear')).toMatch(/q=pear/);
    expect(await textOf('?q=%3Cb%3E')).toContain('No mail matches “&lt;b&gt;”');
  });

  it('changes its version only when a mail came, so that a page renews itself then', async () => {
    const version = async () => (await get('/list')).headers.get('etag');
    await mailer.send(mail());
    const before = await version();
    expect(await version()).toBe(before);
    expect(await textOf('')).toContain(`data-version="${before?.replaceAll('"', '&quot;')}"`);
    await mailer.send(mail());
    expect(await version()).not.toBe(before);
  });

  it('goes on with older mails', async () => {
    for (let i = 0; i < 3; i++) await mailer.send(mail({ subject: `Old ${i}.` }));
    await Promise.all(Array.from({ length: 100 }, () => mailer.send(mail({ subject: 'New' }))));
    const page = await textOf('');
    expect(page.match(/New/g)).toHaveLength(100);
    expect(page).not.toContain('Old ');
    const older = /href="\/mail(\?before=[^"]+)"/.exec(page)?.[1] ?? '';
    const next = await textOf(older);
    for (const subject of ['Old 0.', 'Old 1.', 'Old 2.']) expect(next).toContain(subject);
    expect(next).not.toContain('New');
    expect(next).not.toContain('Older mails');
  });
});

describe('a mail', () => {
  it('shows its parts as links', async () => {
    await mailer.send(mail({ ics: { content: invitation('REQUEST'), method: 'REQUEST' } }));
    const id = await newestId();
    const page = await textOf(`/messages/${id}`);
    expect(page).toContain(`src="/mail/messages/${id}/html"`);
    for (const view of ['html', 'text', 'calendar', 'headers', 'source'])
      expect(page).toContain(`?view=${view}"`);
    expect(page).toContain('Friday, 4 December 2026, 15:00 to 15:45 (Europe/Berlin)');
    expect(await textOf(`/messages/${id}?view=text`)).toContain('See you on Friday');
    expect(await textOf(`/messages/${id}?view=calendar`)).toContain('Torstraße 12; Berlin');
    expect(await textOf(`/messages/${id}?view=headers`)).toContain('Message-ID');
    expect(await textOf(`/messages/${id}?view=source`)).toContain('MIME-Version: 1.0');
  });

  it('opens what it has', async () => {
    await mailer.send(mail());
    const page = await textOf(`/messages/${await newestId()}?view=calendar`);
    expect(page).not.toContain('view=calendar"');
    expect(page).toContain('<iframe');
  });

  it('hands out its files without letting the browser guess', async () => {
    await mailer.send(mail({ ics: { content: invitation('REQUEST'), method: 'REQUEST' } }));
    const file = await get(`/messages/${await newestId()}/attachments/0`);
    expect(file.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''invite.ics");
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await file.text()).toContain('BEGIN:VCALENDAR');
  });

  it.each(['', '/html', '/raw', '/attachments/0'])('that is gone answers 404: %s', async (part) => {
    expect((await get(`/messages/mail_gone${part}`)).status).toBe(404);
  });

  it('is JSON as well', async () => {
    await mailer.send(mail({ to: 'One@example.com' }));
    await mailer.send(mail({ to: 'two@example.com' }));
    expect(await smtp.mails('?to=one@example.com')).toMatchObject([
      { to: ['One@example.com'], html: expect.any(String) },
    ]);
    expect(await (await get(`/api/messages/${await newestId()}`)).json()).toMatchObject({
      to: ['two@example.com'],
    });
    expect((await get('/api/messages/mail_gone')).status).toBe(404);
  });
});

describe('mail from strangers', () => {
  const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>';

  it('is text wherever it is not framed', async () => {
    const ics = invitation('REQUEST').replace('Haircut', evil.replaceAll(';', ''));
    await mailer.send(
      mail({
        subject: evil,
        text: evil,
        to: { name: evil, address: 'lena@example.com' },
        ics: { content: ics, method: 'REQUEST' },
      }),
    );
    const id = await newestId();
    for (const path of [
      '',
      `/messages/${id}`,
      ...['text', 'calendar', 'headers', 'source'].map((view) => `/messages/${id}?view=${view}`),
    ]) {
      const page = await textOf(path);
      expect(page).not.toContain('<script>alert');
      expect(page).not.toContain('<img src=x');
    }
  });

  it('runs no script and loads nothing in its frame', async () => {
    await mailer.send(mail({ html: evil }));
    const id = await newestId();
    const policy = (await get(`/messages/${id}/html`)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/sandbox (?!.*allow-scripts)/);
    expect(policy).not.toMatch(/script-src|https?:/);
    expect(await textOf(`/messages/${id}`)).toMatch(/<iframe[^>]* sandbox="(?![^"]*allow-scripts)[^"]*"/);
    const page = (await get(`/messages/${id}`)).headers.get('content-security-policy') ?? '';
    expect(page).toContain("script-src 'self'");
    expect(page).not.toContain('unsafe');
  });
});
