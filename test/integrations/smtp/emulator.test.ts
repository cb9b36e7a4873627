import { connect } from 'node:net';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCalendar } from '../../../integrations/smtp/emulator/calendar-details.ts';
import { readHeader } from '../../../integrations/smtp/emulator/stored-mail.ts';
import { createSmtpEmulator } from '../../../integrations/smtp/emulator.ts';
import { errorOf, invitation, mail, startSmtp } from './fixture.ts';

let smtp: Awaited<ReturnType<typeof startSmtp>>;
beforeAll(async () => {
  smtp = await startSmtp();
});
afterAll(() => smtp.close());
beforeEach(() => smtp.reset());

const plainTransport = () => nodemailer.createTransport(`smtp://127.0.0.1:${smtp.smtpPort()}`);
const simple = { from: 'a@b.example', to: 'c@d.example', subject: 'x', text: 'y' };

describe('the server', () => {
  it('takes mail from nodemailer unchanged; the same Message-ID twice is two rows', async () => {
    for (let i = 0; i < 2; i++) await plainTransport().sendMail({ ...simple, messageId: '<same@b.example>' });
    const rows = await smtp.ledger();
    expect(rows.map(({ key, status }) => [key, status])).toEqual([
      ['<same@b.example>', 250],
      ['<same@b.example>', 250],
    ]);
    expect(rows[0]?.request).toMatchObject({ from: 'a@b.example', to: ['c@d.example'] });
    expect(await smtp.mails()).toHaveLength(2);
  });

  it('has the mail before it says 250, also over a restart', async () => {
    await plainTransport().sendMail({ ...simple, subject: 'Übrig geblieben', text: 'Größe' });
    await smtp.restart();
    expect(await smtp.mails()).toMatchObject([
      { subject: 'Übrig geblieben', text: expect.stringContaining('Größe') },
    ]);
  });

  it('refuses one recipient of several', async () => {
    await smtp.seed({ recipients: { 'Gone@d.example': { status: 550, reply: '5.1.1 No such user' } } });
    const info = await plainTransport().sendMail({ ...simple, to: ['c@d.example', 'gone@d.example'] });
    expect(info).toMatchObject({ accepted: ['c@d.example'], rejected: ['gone@d.example'] });
    expect((await smtp.mails())[0]?.to).toEqual(['c@d.example']);
  });

  it('drops after keeping, and before', async () => {
    await smtp.fault('executed-then-drop');
    await errorOf(plainTransport().sendMail({ ...simple, messageId: '<kept@b.example>' }));
    await smtp.fault('before');
    await errorOf(plainTransport().sendMail({ ...simple, messageId: '<gone@b.example>' }));
    expect((await smtp.ledger()).map(({ key }) => key)).toEqual(['<kept@b.example>']);
  });

  it('gives the reply that the fault asks for', async () => {
    await smtp.fault('status', { status: 452, body: '4.2.2 Mailbox full' });
    const error = await errorOf(plainTransport().sendMail(simple));
    expect(error).toMatchObject({ responseCode: 452, response: '452 4.2.2 Mailbox full' });
  });

  it('refuses mail that is too big', async () => {
    const replies = await talk(smtp.smtpPort(), ['EHLO x', 'MAIL FROM:<a@b.example> SIZE=30000000', 'QUIT']);
    expect(replies).toMatch(/^552 /m);
    expect(await smtp.ledger()).toEqual([]);
  });

  it('keeps bytes as they came and survives what is no mail', async () => {
    const body = Buffer.from([0x41, 0xff, 0xe4, 0x80]);
    const lines = ['EHLO x', 'MAIL FROM:<>', 'RCPT TO:<c@d.example>', 'DATA'];
    const replies = await talk(smtp.smtpPort(), [
      ...lines,
      Buffer.concat([body, Buffer.from('\r\n.')]),
      'QUIT',
    ]);
    expect(replies).toMatch(/250 .*queued/);
    const [received] = await smtp.mails();
    expect(received).toMatchObject({ messageId: null, subject: '', to: ['c@d.example'] });
    const raw = await (await fetch(`${smtp.url}/mail/messages/${received?.id}/raw`)).arrayBuffer();
    expect(Buffer.from(raw).subarray(0, 4)).toEqual(body);
  });

  it('rejects a seed that it does not know', async () => {
    const emulator = createSmtpEmulator({ port: 0 });
    expect(emulator).toMatchObject({ vendor: 'smtp', path: '/mail' });
    await expect(
      smtp.seed({ recipients: { 'a@b.example': { status: 250, reply: 'fine' } } }),
    ).rejects.toThrow('status');
  });
});

/** Speaks SMTP by hand: one line after each reply. */
function talk(port: number, lines: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const queue = [...lines];
    let heard = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      if (!/^\d{3} [^\n]*\n$/m.test(heard.slice(heard.trimEnd().lastIndexOf('\n') + 1))) return;
      const next = queue.shift();
      if (next !== undefined) socket.write(Buffer.concat([Buffer.from(next), Buffer.from('\r\n')]));
    });
  });
}

describe('headers and calendar files', () => {
  it('reads folded headers and nothing of the body', () => {
    const source = 'Subject: a\r\nMESSAGE-ID:\r\n <long@b.example>\r\nX: y\r\n\r\nReply-To: body@b.example';
    expect(readHeader(source, 'Message-ID')).toBe('<long@b.example>');
    expect(readHeader(source, 'Reply-To')).toBeNull();
    expect(readHeader('no header at all', 'Message-ID')).toBeNull();
  });

  it('says an event in words', () => {
    expect(readCalendar(invitation('REQUEST'))).toEqual({
      method: 'REQUEST',
      events: [
        {
          summary: 'Haircut, wash and dry',
          when: 'Friday, 4 December 2026, 15:00 to 15:45 (Europe/Berlin)',
          startsAtUtc: null,
          location: 'Torstraße 12; Berlin',
          description: 'with Anna\nplease be on time',
          organizer: 'Salon: Lumen <desk@salon.example>',
          attendees: ['Lena Hoffmann <lena@example.com>'],
          status: 'CONFIRMED',
          uid: 'appointment-1@desk.example',
          sequence: '2',
        },
      ],
    });
  });

  it.each([
    [
      'DTSTART:20261204T230000Z',
      'DTEND:20261205T010000Z',
      'Friday, 4 December 2026, 23:00 to Saturday, 5 December 2026, 01:00 (UTC)',
      '2026-12-04T23:00:00Z',
    ],
    ['DTSTART;VALUE=DATE:20261204', 'X:y', 'Friday, 4 December 2026, all day', null],
    ['DTSTART:20261204T150000', 'X:y', 'Friday, 4 December 2026, 15:00', null],
    ['DTSTART:soon', 'X:y', 'No time given', null],
  ])('%s, %s', (start, end, when, startsAtUtc) => {
    const { events } = readCalendar(`BEGIN:VEVENT\n${start}\n${end}\nEND:VEVENT`);
    expect(events[0]).toMatchObject({ when, startsAtUtc, summary: 'Untitled event' });
  });

  it.each(['', 'no calendar', 'BEGIN:VEVENT\nSUMMARY:never ended', 'END:VEVENT'])(
    'takes %j for no event',
    (text) => expect(readCalendar(text)).toEqual({ method: null, events: [] }),
  );
});

it('keeps what our client sends whole', async () => {
  const mailer = smtp.connect();
  const text = `${'Long line with ümläuts. '.repeat(60)}\n.\n..dots at the start\nend`;
  await mailer.send(mail({ text }));
  expect((await smtp.mails())[0]?.text?.trimEnd()).toBe(text);
});
