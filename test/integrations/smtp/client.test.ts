import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classifySmtpError, InvalidMailError, type Mailer } from '../../../integrations/smtp/client.ts';
import { errorOf, invitation, mail, startSmtp } from './fixture.ts';

let smtp: Awaited<ReturnType<typeof startSmtp>>;
let mailer: Mailer;
beforeAll(async () => {
  smtp = await startSmtp();
  mailer = smtp.connect();
});
afterAll(() => smtp.close());
beforeEach(() => smtp.reset());

const failureOf = async (sending: Promise<unknown>) => classifySmtpError(await errorOf(sending));

describe('send', () => {
  it('keeps the Message-ID and sends both forms of the text', async () => {
    const sent = await mailer.send(
      mail({ messageId: '<notification-1@desk.example>', subject: 'Grüße für Lena' }),
    );
    expect(sent).toMatchObject({
      messageId: '<notification-1@desk.example>',
      response: expect.stringMatching(/^250 /),
    });
    const [received] = await smtp.mails();
    expect(received).toMatchObject({
      messageId: '<notification-1@desk.example>',
      from: 'Salon Lumen <desk@salon.example>',
      to: ['lena@example.com'],
      subject: 'Grüße für Lena',
      text: expect.stringContaining('See you on Friday'),
      html: expect.stringContaining('<b>Friday</b>'),
      calendar: null,
    });
    expect(await smtp.ledger()).toMatchObject([
      { operation: 'mail.deliver', key: '<notification-1@desk.example>' },
    ]);
  });

  it.each(['REQUEST', 'CANCEL'] as const)('carries the calendar file twice: %s', async (method) => {
    await mailer.send(mail({ ics: { content: invitation(method), method } }));
    const [received] = await smtp.mails();
    expect(received?.calendar?.method).toBe(method);
    expect(received?.attachments).toMatchObject([{ filename: 'invite.ics', contentType: 'application/ics' }]);
    const source = await smtp.source(received?.id ?? '');
    expect(source).toMatch(new RegExp(`Content-Type: text/calendar; charset=utf-8;\\s+method=${method}`));
    expect(source).toMatch(/multipart\/alternative/);
  });

  it('adds headers and names the recipient', async () => {
    await mailer.send(
      mail({ to: { name: 'Hoffmann, Lena', address: 'lena@example.com' }, headers: { 'X-Ref': 'a1' } }),
    );
    const [received] = await smtp.mails();
    const headers = Object.fromEntries(received?.headers.map(({ name, value }) => [name, value]) ?? []);
    expect(headers).toMatchObject({ 'X-Ref': 'a1', To: '"Hoffmann, Lena" <lena@example.com>' });
  });

  it('shares connections and goes on after a refusal', async () => {
    await smtp.seed({ recipients: { 'gone@example.com': { status: 550, reply: '5.1.1 No such user' } } });
    await failureOf(mailer.send(mail({ to: 'gone@example.com' })));
    await Promise.all(Array.from({ length: 20 }, () => mailer.send(mail())));
    expect(await smtp.ledger()).toHaveLength(20);
  });
});

describe('text from strangers', () => {
  const injections = [
    'Hi\r\nBcc: victim@example.com',
    'Hi\nX-Evil: 1\n\nbody',
    'Hi\u2028Bcc: victim@example.com',
  ];

  it.each(injections)('a subject stays one header: %j', async (subject) => {
    await mailer.send(mail({ subject }));
    const [received] = await smtp.mails();
    expect(received?.to).toEqual(['lena@example.com']);
    expect(received?.headers.map(({ name }) => name.toLowerCase())).not.toContain('bcc');
    expect(received?.headers.map(({ name }) => name.toLowerCase())).not.toContain('x-evil');
    expect(received?.text?.trim()).toBe('See you on Friday');
  });

  it.each(injections)('so does a name: %j', async (name) => {
    await mailer.send(mail({ to: { name, address: 'lena@example.com' } }));
    const [received] = await smtp.mails();
    expect(received?.to).toEqual(['lena@example.com']);
    expect(received?.headers.map(({ name: header }) => header.toLowerCase())).not.toContain('bcc');
  });

  it('and the value of an own header', async () => {
    await mailer.send(mail({ headers: { 'X-Ref': 'a\r\nBcc: victim@example.com' } }));
    const [received] = await smtp.mails();
    expect(received?.headers.map(({ name }) => name.toLowerCase())).not.toContain('bcc');
  });

  it.each([
    'lena@example.com\r\nRCPT TO:<victim@example.com>',
    'lena@example.com, victim@example.com',
    'Lena <lena@example.com>',
    'lena@example.com>',
    '"a@b" <lena@example.com>',
    'lena',
    '@example.com',
    '',
  ])('a recipient that is not one address is refused before anything is sent: %j', async (to) => {
    const error = await errorOf(mailer.send(mail({ to })));
    expect(error).toBeInstanceOf(InvalidMailError);
    expect(classifySmtpError(error)).toMatchObject({ kind: 'rejected', code: 'invalid-mail' });
    expect(await smtp.ledger()).toEqual([]);
  });

  it.each([
    { messageId: 'no-brackets@desk.example' },
    { messageId: '<a@b>\r\nBcc: <victim@example.com>' },
    { headers: { 'X-Ref\r\nBcc': 'victim@example.com' } },
  ])('%j is refused', async (parts) => {
    expect(await errorOf(mailer.send(mail(parts)))).toBeInstanceOf(InvalidMailError);
  });

  it('reads no file and no URL', async () => {
    const html = { path: '/etc/hostname' } as unknown as string;
    const failure = await failureOf(mailer.send(mail({ html })));
    expect(failure).toMatchObject({ kind: 'rejected', code: 'ESTREAM' });
    expect(await smtp.ledger()).toEqual([]);
  });
});

describe('classifySmtpError', () => {
  it.each([
    ['mail.rcpt', 550, 'rejected', 'EENVELOPE-550-5.7.1'],
    ['mail.rcpt', 450, 'unavailable', 'EENVELOPE-450'],
    ['mail.deliver', 554, 'rejected', 'EMESSAGE-554-5.7.1'],
    ['mail.deliver', 451, 'unavailable', 'EMESSAGE-451'],
    ['mail.deliver', 421, 'unavailable', 'EMESSAGE-421'],
  ])('%s answered with %i is %s', async (operation, status, kind, code) => {
    await smtp.fault('status', { operation, status });
    expect(await failureOf(mailer.send(mail()))).toMatchObject({ kind, code, status });
    expect(await smtp.ledger()).toEqual([]);
  });

  it('executed, then dropped: unknown; the server has it', async () => {
    await mailer.send(mail());
    await smtp.fault('executed-then-drop');
    const failure = await failureOf(mailer.send(mail({ messageId: '<lost@desk.example>' })));
    expect(failure).toMatchObject({ kind: 'unknown-outcome' });
    expect((await smtp.ledger()).map(({ key }) => key)).toContain('<lost@desk.example>');
  });

  it('dropped after DATA with nothing kept: unknown as well', async () => {
    await smtp.fault('before');
    expect(await failureOf(mailer.send(mail()))).toMatchObject({ kind: 'unknown-outcome' });
    expect(await smtp.ledger()).toEqual([]);
  });

  it('dropped before DATA: surely not sent', async () => {
    await smtp.fault('before', { operation: 'mail.rcpt' });
    expect(await failureOf(mailer.send(mail()))).toMatchObject({ kind: 'unavailable' });
  });

  it('no answer in time after DATA: unknown', async () => {
    await smtp.fault('delay', { delayMs: 1_500 });
    const impatient = smtp.connect({ timeouts: { totalMs: 400 } });
    expect(await failureOf(impatient.send(mail()))).toMatchObject({
      kind: 'unknown-outcome',
      code: 'EABORT',
    });
  });

  it('given up before DATA: surely not sent', async () => {
    await smtp.fault('delay', { operation: 'mail.rcpt', delayMs: 1_500 });
    const sending = mailer.send(mail({ signal: AbortSignal.timeout(200) }));
    expect(await failureOf(sending)).toMatchObject({ kind: 'unavailable', code: 'EABORT' });
  });

  it('nobody listens, no such host: surely not sent', async () => {
    const lonely = smtp.connect({ url: 'smtp://127.0.0.1:9' });
    expect(await failureOf(lonely.send(mail()))).toMatchObject({ kind: 'unavailable', code: 'ESOCKET' });
    const nowhere = smtp.connect({ url: 'smtp://no-such-host.invalid:25' });
    expect(await failureOf(nowhere.send(mail()))).toMatchObject({ kind: 'unavailable', code: 'EDNS' });
  });

  it('wrong credentials and missing TLS are for the operator', async () => {
    await smtp.seed({ users: { desk: 'right' } });
    const port = smtp.smtpPort();
    const wrong = smtp.connect({ url: `smtp://desk:wrong@127.0.0.1:${port}` });
    expect(await failureOf(wrong.send(mail()))).toMatchObject({ kind: 'unauthorized', code: 'EAUTH-535' });
    const right = smtp.connect({ url: `smtp://desk:right@127.0.0.1:${port}` });
    await expect(right.send(mail())).resolves.toMatchObject({ response: expect.stringContaining('queued') });
    const tls = smtp.connect({ url: `smtps://127.0.0.1:${port}` });
    expect(['unauthorized', 'unavailable']).toContain((await failureOf(tls.send(mail()))).kind);
  });

  it.each([
    ['554 5.7.1 We know you\r\n', 'unauthorized'],
    ['421 4.3.2 Shutting down\r\n', 'unavailable'],
    ['', 'unavailable'],
  ])('a server that greets with %j: %s', async (greeting, kind) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.end(greeting);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const unlucky = smtp.connect({ url: `smtp://127.0.0.1:${port}` });
    expect(await failureOf(unlucky.send(mail()))).toMatchObject({ kind });
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('repeats no address and no reply', async () => {
    await smtp.seed({
      recipients: { 'lena@example.com': { status: 550, reply: '5.1.1 <lena@example.com> unknown' } },
    });
    const failure = await failureOf(mailer.send(mail()));
    expect(JSON.stringify(failure)).not.toContain('lena');
  });
});
