import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarFile } from '../../../../activities/phone-desk/notification/calendar-file.ts';
import { readNotification } from '../../../../db/phone-desk/notification/notification-content.ts';
import type { Channel, NotificationKind } from '../../../../shared/messages/channels.ts';
import { type MessageDesk, openMessageDesk } from '../../../support/message-desk.ts';

let desk: MessageDesk;
beforeAll(async () => {
  desk = await openMessageDesk();
});
afterEach(async () => {
  await desk.deps.db.deleteFrom('message_templates').execute();
  await desk.deps.db.deleteFrom('alerts').execute();
  await desk.setCompany({ locale: 'en' });
});
afterAll(() => desk?.close());

/** Straight into the table: what was right when it was saved may be wrong by now. */
const template = (
  channel: Channel,
  language: string,
  words: { subject?: string; text?: string; html?: string },
) =>
  desk.deps.db
    .insertInto('message_templates')
    .values({ company_id: desk.company.id, kind: 'confirmation', channel, language, ...words })
    .execute();

const alerts = () =>
  desk.deps.db.selectFrom('alerts').select(['kind', 'company_id', 'entity', 'times_seen']).execute();

async function mailed(locale: string, kind: NotificationKind = 'confirmation') {
  const { appointmentId, email, customerId } = await desk.customer({ locale });
  await desk.tell(appointmentId, kind);
  const [mail] = await desk.mails(email);
  return { mail: mail!, customerId, appointmentId };
}

const headerOf = (mail: { headers: { name: string; value: string }[] }, name: string) =>
  mail.headers.find((header) => header.name.toLowerCase() === name)?.value;

describe('a mail', () => {
  it('that reminds can be ended by one click, one that confirms cannot', async () => {
    const reminder = await mailed('en-GB', 'reminder-24h');
    const url = desk.deps.links.unsubscribe(reminder.customerId);
    expect(headerOf(reminder.mail, 'list-unsubscribe')).toBe(`<${url}>`);
    expect(headerOf(reminder.mail, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(reminder.mail.text).toContain(`No reminders by mail any more: ${url}`);
    expect(reminder.mail.html).toContain(`href="${url}"`);
    const { mail } = await mailed('en-GB');
    expect(headerOf(mail, 'list-unsubscribe')).toBeUndefined();
    expect(mail.html).not.toContain('unsubscribe');
  });

  it('is still sent to whoever wants no reminders, unless it is one', async () => {
    const { appointmentId, customerId } = await desk.customer();
    await desk.deps.db
      .insertInto('channel_blocks')
      .values({
        customer_id: customerId,
        channel: 'email',
        reason: 'no-reminders',
        source: 'link',
        code: null,
      })
      .execute();
    await desk.tell(appointmentId, 'reminder-24h');
    await desk.tell(appointmentId, 'cancellation');
    expect(await desk.told(appointmentId)).toEqual([
      'email skipped no-reminders',
      'sms sent',
      'email sent',
      'sms sent',
    ]);
  });
});

describe('the calendar file of a mail', () => {
  it('is one that calendars can read, whatever the names', async () => {
    const { appointmentId } = await desk.customer({ name: 'Max "Boss"\r\nMuster; X' });
    const [mail] = await desk.file(appointmentId);
    const about = (await readNotification(desk.deps.db, desk.deps.vault, mail!.id))!;
    const named = { ...about, company_name: 'Salon "Schön"' };
    const { content } = calendarFile(named, about.customer!);
    const lines = content.replaceAll('\r\n ', '').split('\r\n');
    const line = (name: string) => lines.find((each) => each.startsWith(name));
    // RFC 5545, 3.1: nothing in quotes is a quote or a line break, however it is escaped.
    expect(line('ATTENDEE')).toContain(`;CN="Max 'Boss' Muster; X":`);
    expect(line('ORGANIZER')).toBe(`ORGANIZER;CN="Salon 'Schön'":mailto:${about.company_email}`);
    expect(line('SUMMARY')).toBe('SUMMARY:Haircut – Salon "Schön"');
  });
});

describe('our words', () => {
  it('name the day in their own language, also to whoever speaks another one', async () => {
    const { mail } = await mailed('fr-FR');
    expect(mail.subject).toMatch(/^Confirmed: Haircut on \w+day,? \d+ \w+ \d{4} at \d\d:\d\d$/);
    expect(mail.text).toContain(mail.subject.slice('Confirmed: Haircut on '.length).split(' at ')[0]);
    expect((await mailed('de-AT')).mail.subject).toMatch(/^Bestätigt: Haircut am \w+, \d+\. \w+ \d{4} um /);
  });

  it('are not continued by a name', async () => {
    const { appointmentId, email } = await desk.customer({ name: 'Eva\r\n\r\nPay here: example.com' });
    await desk.tell(appointmentId);
    const [mail] = await desk.mails(email);
    expect(mail!.text).toMatch(/^Hello Eva Pay here: example\.com,\r?\n/);
  });

  it.each(['en-GB', 'de-DE'])('of the last reminder are true across midnight, too (%s)', async (locale) => {
    const { mail } = await mailed(locale, 'reminder-2h');
    expect(`${mail.subject} ${mail.text}`).not.toMatch(/today|heute|two hours|zwei stunden/i);
  });
});

describe('the words of a company', () => {
  it('are used in the customer’s language; in the company’s where we do not speak the customer’s', async () => {
    await template('email', 'de', { subject: 'Termin {{ day }}', text: 'Bis dann, {{ name }}!' });
    await template('sms', 'de', { text: 'Termin: {{ service }}' });
    await desk.setCompany({ locale: 'de-DE' });
    const german = await mailed('de-AT');
    expect(german.mail.subject).toMatch(/^Termin \w+, \d+\. \w+ \d{4}$/);
    expect(german.mail.text).toContain('Bis dann, Lena Hoffmann!');
    expect((await mailed('fr-FR')).mail.subject).toMatch(/^Termin (Mon|Diens|Mitt|Donners|Frei|Sams|Sonn)/);
    expect((await mailed('en-GB')).mail.subject).toMatch(/^Confirmed: /);
    const { appointmentId, phone } = await desk.customer({ locale: 'de' });
    await desk.tell(appointmentId);
    expect((await desk.texts(phone))[0]!.body).toMatch(/^Termin: Haircut \(ref [0-9a-f]{12}\)$/);
  });

  it.each([
    ['Liquid that does not close', { subject: 'x', text: '{% if name %}' }],
    ['a variable that there is no more', { subject: 'x', text: '{{ price }}' }],
    ['nothing to say', { subject: '{{ unsubscribe }}', text: 'x' }],
    [
      'a text that grows',
      { subject: 'x', text: `{% assign a = "${'x'.repeat(9_000)}" %}${'{{ a }}'.repeat(150)}` },
    ],
    [
      'a text that doubles',
      { subject: 'x', text: `{% assign a = name %}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}` },
    ],
    ['too many variables', { subject: 'x', text: '{{ name }}'.repeat(201) }],
  ])('with %s lose no message: ours stand in, and the company is told once', async (_case, words) => {
    await template('email', 'en', words);
    for (let time = 0; time < 2; time += 1) {
      expect((await mailed('en-GB')).mail.subject).toMatch(/^Confirmed: Haircut on /);
    }
    const entity = 'confirmation/email/en';
    expect(await alerts()).toEqual([
      { kind: 'message-text-broken', company_id: desk.company.id, entity, times_seen: 2 },
    ]);
  });

  it('put nothing of a customer into the HTML unescaped, nor a second header into the mail', async () => {
    await template('email', 'en', { subject: '{{ name }}', text: '{{ name }}', html: '<b>{{ name }}</b>' });
    const name = '<script>alert(1)</script>\r\nBcc: all@example.com';
    const { appointmentId, email } = await desk.customer({ name });
    await desk.tell(appointmentId);
    const [mail] = await desk.mails(email);
    expect(mail!.subject).toBe('<script>alert(1)</script> Bcc: all@example.com');
    expect(mail!.html).not.toContain('<script>');
    expect(headerOf(mail!, 'bcc')).toBeUndefined();
    expect(await desk.mails('all@example.com')).toEqual([]);
  });
});
