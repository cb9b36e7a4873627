import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseAlert } from '../../db/alerts.ts';
import {
  addAppointment,
  addCompany,
  addCustomer,
  startTestApi,
  type TestApi,
  type TestCompany,
} from './support.ts';

let api: TestApi;
let salon: TestCompany;
const at = '/api/companies/salon/templates';
const mail = `${at}/reminder-24h/email/de`;
const sms = `${at}/confirmation/sms/de`;

beforeAll(async () => {
  api = await startTestApi();
  salon = await addCompany(api.db, 'salon');
});
afterAll(() => api.close());

const put = (path: string, body: unknown, key = salon.key) => api.send('PUT', path, body, key);
const preview = (path: string, body: object = {}, key = salon.key) => api.post(`${path}/preview`, body, key);

const draft = {
  subject: 'Bis morgen, {{ name | default: "Gast" }}',
  text: 'Hallo {{ name }},\n\n{{ service }} am {{ day }} um {{ time }}.',
};

describe('a text of a company', () => {
  it('is written, read, listed, replaced and taken away, with its alert', async () => {
    const alert = {
      kind: 'message-text-broken',
      companyId: salon.id,
      entity: 'reminder-24h/email/de',
    } as const;
    await raiseAlert(api.db, alert);
    const made = await put(mail, draft);
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      kind: 'reminder-24h',
      channel: 'email',
      language: 'de',
      ...draft,
      html: null,
    });
    const standing = await api.db.selectFrom('alerts').where('cleared_at', 'is', null).selectAll().execute();
    expect(standing).toEqual([]);
    await put(mail, { ...draft, html: '<p>{{ service }}</p>' });
    expect((await api.get(mail, salon.key)).body.html).toBe('<p>{{ service }}</p>');
    await put(sms, { text: '{{ company }}: {{ service }}, {{ day }}, {{ time }}' });
    const { items } = (await api.get(at, salon.key)).body;
    expect(items.map((item: { kind: string }) => item.kind)).toEqual(['confirmation', 'reminder-24h']);
    expect((await api.send('DELETE', mail, undefined, salon.key)).status).toBe(200);
    expect((await api.get(mail, salon.key)).status).toBe(404);
    expect((await api.send('DELETE', mail, undefined, salon.key)).status).toBe(404);
    const acts = await api.db
      .selectFrom('audit_log')
      .where('entity', '=', `company/${salon.id}`)
      .select('action')
      .execute();
    expect(acts.map(({ action }) => action)).toEqual([
      'message-template.save',
      'message-template.save',
      'message-template.save',
      'message-template.delete',
    ]);
  });

  it.each([
    ['a file', { ...draft, text: '{% include "/etc/passwd" %}' }, 'text', 'tag "include" not found'],
    ['another template', { ...draft, text: '{% render "x" %}' }, 'text', 'tag "render" not found'],
    ['a layout', { ...draft, text: '{% layout "x" %}' }, 'text', 'tag "layout" not found'],
    ['a loop', { ...draft, text: '{% for i in (1..9999999) %}x{% endfor %}' }, 'text', 'tag "for" not found'],
    ['unescaped output', { ...draft, html: '<p>{{ name | raw }}</p>' }, 'html', 'undefined filter: raw'],
    [
      'an unknown variable',
      { ...draft, text: '{{ customer.password }}' },
      'text',
      'there is no variable customer',
    ],
    [
      'one in a branch',
      { ...draft, text: '{% if name == "x" %}{{ secret }}{% endif %}' },
      'text',
      'no variable secret',
    ],
    ['a prototype', { ...draft, text: '{{ constructor }}' }, 'text', 'there is no variable constructor'],
    ['broken Liquid', { ...draft, text: '{% if name %}' }, 'text', 'not closed'],
    ['a second header', { ...draft, subject: 'Hi\r\nBcc: all@example.com' }, 'subject', 'must be one line'],
    ['a script', { ...draft, html: '<script>alert(1)</script>' }, 'html', '<script is not allowed'],
    ['a handler', { ...draft, html: '<p onclick="x()">a</p>' }, 'html', 'onclick= is not allowed'],
    [
      'a variable in a tag',
      { ...draft, html: '<a href="{{ name }}">a</a>' },
      'html',
      'cannot stand inside a tag',
    ],
    [
      'one behind a branch in a tag',
      { ...draft, html: '<a {% if name > "a" %}href={% endif %}{{ name }}>a</a>' },
      'html',
      'cannot stand inside a tag',
    ],
    [
      'one behind a quoted bracket in a tag',
      { ...draft, html: '<a title=">" href="{{ name }}">a</a>' },
      'html',
      'cannot stand inside a tag',
    ],
    ['a variable for a tag', { ...draft, html: '<{{ name }}>' }, 'html', 'cannot stand inside a tag'],
    ['a handler behind a slash', { ...draft, html: '<img/onerror=x()>' }, 'html', 'onerror= is not allowed'],
    [
      'a script in a link',
      { ...draft, html: '<a href="java&#115;cript:x()">a</a>' },
      'html',
      'must begin with https:',
    ],
    ['a link without quotes', { ...draft, html: '<a href=data:x>a</a>' }, 'html', 'must begin with https:'],
    ['no text', { subject: 'Hi' }, 'text', 'is required for email'],
    [
      'a part of another channel',
      { ...draft, contentSid: `HX${'a'.repeat(32)}` },
      'contentSid',
      'does not belong',
    ],
    ['an empty subject', { ...draft, subject: '{% if name == "x" %}y{% endif %}' }, 'subject', 'is empty'],
  ])('with %s is refused', async (_case, body, path, message) => {
    const answer = await put(mail, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual({ path, message: expect.stringContaining(message) });
    const shown = await preview(mail, { template: body });
    expect(shown.body.uses).toBe('built-in');
    expect(shown.body.problems[0]).toMatchObject({ path });
  });

  it('of WhatsApp is the one that was approved, with known variables', async () => {
    const path = `${at}/confirmation/whatsapp/de`;
    const contentSid = `HX${'a'.repeat(32)}`;
    const wrong = await put(path, { contentSid, variables: ['service', 'price'] });
    expect(wrong.body.errors[0]).toMatchObject({ path: 'variables' });
    expect((await put(path, { contentSid, variables: ['service', 'reference'] })).status).toBe(200);
    expect((await preview(path)).body).toMatchObject({
      uses: 'company',
      variables: ['Haarschnitt', '0a1b2c3d4e5f'],
    });
  });

  it('is the company’s own', async () => {
    const other = await addCompany(api.db, 'dental');
    expect((await put(mail, draft, other.key)).status).toBe(403);
    expect((await api.get(at, other.key)).status).toBe(403);
    expect(
      (await put('/api/companies/nowhere/templates/confirmation/sms/de', { text: 'x' }, api.operatorKey))
        .status,
    ).toBe(400);
    const wrong = await put(`${at}/confirmation/pigeon/de`, { text: 'x' });
    expect(wrong.body.errors[0].path).toBe('channel');
    expect((await put(`${at}/confirmation/sms/Deutsch`, { text: 'x' })).body.errors[0].path).toBe('language');
  });
});

describe('a preview', () => {
  it('shows ours where the company has none', async () => {
    const { body } = await preview(`${at}/cancellation/email/en`);
    expect(body).toMatchObject({
      uses: 'built-in',
      problems: [],
      subject: expect.stringMatching(/^Cancelled: /),
    });
    expect(body.html).toContain('<!doctype html>');
  });

  it('escapes every value in the HTML and leaves the text as it is', async () => {
    const customer = await addCustomer(api, salon, '<img src=x onerror=alert(1)>"&\'');
    const appointmentId = await addAppointment(api, salon, customer.id, '2026-03-09T09:00:00Z');
    const template = { ...draft, subject: 'Für {{ name }}', html: '<p title="fixed">{{ name }}</p>' };
    const { body } = await preview(mail, { template, appointmentId });
    expect(body.uses).toBe('draft');
    expect(body.html).toContain('<p title="fixed">&lt;img src=x onerror=alert(1)&gt;&#34;&amp;&#39;</p>');
    expect(body.text).toContain('Hallo <img src=x');
    expect(body.text).toContain('Montag, 9. März 2026');
    const plain = await preview(mail, { template: draft, appointmentId });
    expect(plain.body.html).not.toContain('<img');
  });

  it('keeps a line break in a name out of the subject', async () => {
    const customer = await addCustomer(api, salon, 'Eve\r\nBcc: all@example.com');
    const appointmentId = await addAppointment(api, salon, customer.id, '2026-03-10T09:00:00Z');
    const { body } = await preview(mail, { template: draft, appointmentId });
    expect(body.subject).toBe('Bis morgen, Eve Bcc: all@example.com');
  });

  it('tells how an SMS travels', async () => {
    const short = await preview(sms, { template: { text: 'Bis {{ day }}' } });
    expect(short.body.sms).toMatchObject({ encoding: 'GSM-7', segments: 1 });
    const long = await preview(sms, { template: { text: `✓ ${'a'.repeat(200)}` } });
    expect(long.body.sms).toMatchObject({ encoding: 'UCS-2', segments: 4 });
    const tooLong = await put(sms, { text: 'a'.repeat(1_501) });
    expect(tooLong.body.errors[0].message).toContain('has 1501 characters, over 1500');
  });

  it('is of the company’s own appointments only', async () => {
    const other = await addCompany(api.db, 'barber');
    const customer = await addCustomer(api, other);
    const appointmentId = await addAppointment(api, other, customer.id, '2026-03-09T09:00:00Z');
    expect((await preview(mail, { appointmentId })).status).toBe(404);
  });
});
