import twilioSdk from 'twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referenceOf } from '../../../integrations/twilio/emulator.ts';
import { eventually, postJson, startReceiver } from '../../emulators/fixture.ts';
import { accountSid, authToken, errorOf, from, startTwilio, to } from './fixture.ts';

let twilio: Awaited<ReturnType<typeof startTwilio>>;
let sdk: ReturnType<typeof twilioSdk>;
const connectSdk = (token = authToken) => {
  const client = twilioSdk(accountSid, token);
  client.api.baseUrl = `${twilio.host.url}/twilio`;
  return client;
};
beforeAll(async () => {
  twilio = await startTwilio();
});
afterAll(() => twilio.host.close());
beforeEach(async () => {
  await fetch(`${twilio.host.url}/_emulator/state`, { method: 'DELETE' });
  sdk = connectSdk();
});

describe('messages', () => {
  it('creates and fetches in the shape that the SDK reads', async () => {
    const created = await sdk.messages.create({ from, to, body: 'Grüße aus Berlin' });
    expect(created).toMatchObject({ accountSid, from, to, body: 'Grüße aus Berlin', status: 'queued' });
    expect(created.dateCreated).toBeInstanceOf(Date);
    expect(created).toMatchObject({
      dateSent: null,
      errorCode: null,
      numSegments: '1',
      direction: 'outbound-api',
    });
    const delivered = await eventually(
      () => sdk.messages(created.sid).fetch(),
      ({ status }) => status === 'delivered',
    );
    expect(delivered.dateSent).toBeInstanceOf(Date);
  });

  it('takes WhatsApp addresses, messaging services and alphanumeric senders', async () => {
    const whatsapp = await sdk.messages.create({
      from: `whatsapp:${from}`,
      to: `whatsapp:${to}`,
      body: 'hi',
    });
    expect(whatsapp.to).toBe(`whatsapp:${to}`);
    const service = await sdk.messages.create({ messagingServiceSid: `MG${'0'.repeat(32)}`, to, body: 'hi' });
    expect(service.from).toBeNull();
    await expect(sdk.messages.create({ from: 'Salon', to, body: 'hi' })).resolves.toMatchObject({
      from: 'Salon',
    });
  });

  it('survives a restart', async () => {
    const { sid } = await sdk.messages.create({ from, to, body: 'kept' });
    await twilio.host.restart();
    await expect(connectSdk().messages(sid).fetch()).resolves.toMatchObject({ body: 'kept' });
  });

  it('lists newest first, by recipient, by time, page by page', async () => {
    const other = '+4915198765432';
    for (let i = 0; i < 5; i++) await sdk.messages.create({ from, to, body: `to one ${i}` });
    await sdk.messages.create({ from, to: other, body: 'to another' });
    const bodies = (found: { body: string }[]) => found.map(({ body }) => body);
    expect(bodies(await sdk.messages.list({ to, pageSize: 2 }))).toEqual(
      [4, 3, 2, 1, 0].map((i) => `to one ${i}`),
    );
    expect(bodies(await sdk.messages.list({ to: other }))).toEqual(['to another']);
    const hourMs = 3_600_000;
    await eventually(
      async () => (await sdk.messages.list({ dateSentAfter: new Date(Date.now() - hourMs) })).length,
      (count) => count === 6,
    );
    expect(await sdk.messages.list({ dateSentAfter: new Date(Date.now() + hourMs) })).toEqual([]);
    expect(await sdk.messages.list({ dateSentBefore: new Date(Date.now() - hourMs) })).toEqual([]);
    expect(await sdk.messages.list({ dateSent: new Date() })).toHaveLength(6);
  });

  it('keeps a page stable while new messages arrive', async () => {
    for (let i = 0; i < 4; i++) await sdk.messages.create({ from, to, body: `${i}` });
    const first = await sdk.messages.page({ to, pageSize: 2 });
    await sdk.messages.create({ from, to, body: 'new' });
    const second = await first.nextPage();
    expect(second?.instances.map(({ body }) => body)).toEqual(['1', '0']);
  });
});

describe('refusals', () => {
  const long = 'a'.repeat(1_601);
  it.each([
    ['no recipient', { to: '', from, body: 'x' }, 21604, 400],
    ['a recipient that is no number', { to: 'Lena', from, body: 'x' }, 21211, 400],
    ['a number too short', { to: '+4912', from, body: 'x' }, 21211, 400],
    ['no sender', { to, body: 'x' }, 21603, 400],
    ['a sender that is no number', { to, from: '+12', body: 'x' }, 21212, 400],
    ['a foreign sender', { to, from: '+4930123456', body: 'x' }, 21606, 400],
    ['mixed channels', { to, from: `whatsapp:${from}`, body: 'x' }, 21910, 400],
    ['itself as recipient', { to: from, from, body: 'x' }, 21266, 400],
    ['no text', { to, from }, 21602, 400],
    ['a text too long', { to, from, body: long }, 21617, 400],
    ['a callback that is no URL', { to, from, body: 'x', statusCallback: 'nowhere' }, 21609, 400],
    ['the test number without route', { to: '+15005550002', from, body: 'x' }, 21612, 400],
    ['the test number abroad', { to: '+15005550003', from, body: 'x' }, 21408, 400],
    ['the test number that opted out', { to: '+15005550004', from, body: 'x' }, 21610, 400],
    ['the test number without SMS', { to: '+15005550009', from, body: 'x' }, 21614, 400],
    ['the test sender with a full queue', { to, from: '+15005550008', body: 'x' }, 21611, 429],
  ])('%s', async (_case, params, code, status) => {
    const error = await errorOf(sdk.messages.create(params));
    expect(error).toBeInstanceOf(twilioSdk.RestException);
    expect(error).toMatchObject({ code, status, moreInfo: `https://www.twilio.com/docs/errors/${code}` });
    expect(await twilio.host.ledger()).toEqual([]);
  });

  it('bad credentials, unknown account, unknown message', async () => {
    await expect(connectSdk('wrong').messages.list()).rejects.toMatchObject({ code: 20003, status: 401 });
    const stranger = twilioSdk(accountSid, authToken, { accountSid: 'ACother'.padEnd(34, '0') });
    stranger.api.baseUrl = `${twilio.host.url}/twilio`;
    await expect(stranger.messages.create({ from, to, body: 'x' })).rejects.toMatchObject({ code: 20404 });
    await expect(sdk.messages('SMnothing').fetch()).rejects.toMatchObject({ code: 20404, status: 404 });
  });

  it('seeded recipients and senders', async () => {
    await twilio.host.seed({
      twilio: { senders: ['+4930123456'], recipients: [{ number: to, condition: 'opted-out' }] },
    });
    const params = { from: '+4930123456', to, body: 'x' };
    await expect(sdk.messages.create(params)).rejects.toMatchObject({ code: 21610 });
    await twilio.host.seed({ twilio: { recipients: [{ number: to, condition: null }] } });
    await expect(sdk.messages.create(params)).resolves.toMatchObject({ status: 'queued' });
  });
});

describe('WhatsApp', () => {
  const sid = `HX${'0'.repeat(32)}`;
  const unapproved = `HX${'1'.repeat(32)}`;
  const message = { from: `whatsapp:${from}`, to: `whatsapp:${to}` };
  const variables = JSON.stringify({ 1: 'Haircut', 2: 'Friday' });
  const contents = [
    { sid, body: 'Your {{1}} on {{2}}' },
    { sid: unapproved, body: 'Hello', approved: false },
  ];
  beforeEach(() => twilio.host.seed({ twilio: { contents } }));

  it('writes the approved text with its variables', async () => {
    const sent = await sdk.messages.create({ ...message, contentSid: sid, contentVariables: variables });
    expect(sent.body).toBe('Your Haircut on Friday');
  });

  it.each([
    ['an unknown template', { contentSid: `HX${'2'.repeat(32)}` }, 21655],
    ['variables without a template', { contentVariables: variables, body: 'x' }, 21654],
    ['a variable that is missing', { contentSid: sid, contentVariables: '{"1":"Haircut"}' }, 21656],
    ['a variable that is empty', { contentSid: sid, contentVariables: '{"1":"","2":"x"}' }, 21656],
    ['variables that are no JSON', { contentSid: sid, contentVariables: 'Haircut' }, 21656],
  ])('refuses %s', async (_case, params, code) => {
    const error = await errorOf(sdk.messages.create({ ...message, ...params }));
    expect(error).toMatchObject({ code, status: 400 });
  });

  it.each([
    ['own words', { body: 'Hello' }],
    ['an unapproved template', { contentSid: unapproved }],
  ])(
    'does not deliver %s outside of the 24 hours after the customer wrote (63016)',
    async (_case, params) => {
      const receiver = await startReceiver();
      const statusCallback = receiver.url;
      await sdk.messages.create({ ...message, ...params, statusCallback });
      await postJson(`${twilio.host.url}/twilio/_emulator/inbound`, {
        from: message.to,
        to: message.from,
        body: 'Hi',
        url: receiver.url,
      });
      await sdk.messages.create({ ...message, ...params, statusCallback });
      const forms = await eventually(
        () => receiver.received.map(({ body }) => Object.fromEntries(new URLSearchParams(body))),
        (all) => all.some(({ MessageStatus }) => MessageStatus === 'read'),
      );
      const statuses = forms.map(({ MessageStatus, ErrorCode }) => [MessageStatus, ErrorCode]);
      expect(statuses).toContainEqual(['undelivered', '63016']);
      expect(statuses).toContainEqual(['delivered', undefined]);
      await receiver.close();
    },
  );
});

describe('a message to one of our numbers', () => {
  it('is posted signed, blocks and unblocks its sender, and its TwiML answer is read', async () => {
    const receiver = await startReceiver();
    const play = async (body: string) => {
      const answer = await postJson(`${twilio.host.url}/twilio/_emulator/inbound`, {
        from: to,
        to: from,
        body,
        url: receiver.url,
      });
      return (await answer.json()) as { sid: string; status: number; replies: string[] };
    };
    expect(await play('STOP')).toMatchObject({ status: 200, replies: [] });
    await expect(sdk.messages.create({ from, to, body: 'x' })).rejects.toMatchObject({ code: 21610 });
    await play('START');
    await expect(sdk.messages.create({ from, to, body: 'x' })).resolves.toMatchObject({ status: 'queued' });
    const [{ body, headers }] = receiver.received as [(typeof receiver.received)[number]];
    const form = Object.fromEntries(new URLSearchParams(body));
    expect(form).toMatchObject({ From: to, To: from, Body: 'STOP', SmsStatus: 'received' });
    const signature = String(headers['x-twilio-signature']);
    expect(twilioSdk.validateRequest(authToken, signature, receiver.url, form)).toBe(true);
    await receiver.close();
  });
});

describe('status callbacks', () => {
  it.each([
    ['delivered', null],
    ['undelivered', 'unreachable'],
  ])('posts sent, then %s, signed as Twilio signs', async (last, condition) => {
    await twilio.host.seed({ twilio: { recipients: [{ number: to, condition }] } });
    const receiver = await startReceiver();
    const url = `${receiver.url}?company=salon&key=message-1`;
    const { sid } = await sdk.messages.create({ from, to, body: 'x', statusCallback: url });
    await eventually(
      () => receiver.received.length,
      (count) => count === 2,
    );
    const forms = receiver.received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(forms.map(({ MessageStatus }) => MessageStatus)).toEqual(['sent', last]);
    expect(forms[0]).toMatchObject({ MessageSid: sid, AccountSid: accountSid, To: to, From: from });
    expect(forms[1]?.ErrorCode).toBe(condition ? '30003' : undefined);
    for (const [index, { headers }] of receiver.received.entries()) {
      const signature = String(headers['x-twilio-signature']);
      expect(twilioSdk.validateRequest(authToken, signature, url, forms[index] ?? {})).toBe(true);
      expect(twilioSdk.validateRequest('other', signature, url, forms[index] ?? {})).toBe(false);
    }
    await receiver.close();
  });
});

describe('our reference in the ledger', () => {
  it.each([
    ['Friday at 15:00. ref ab12cd34', undefined, 'ab12cd34'],
    ['ref first-one and later ref second-1', undefined, 'second-1'],
    ['no reference', 'https://desk.example/hook?key=from-url', 'from-url'],
    ['text wins: ref in-text-1', 'https://desk.example/hook?key=from-url', 'in-text-1'],
    ['too short: ref ab1', undefined, null],
    ['no reference', 'nowhere', null],
  ])('%s, %s', (Body, StatusCallback, key) => {
    expect(referenceOf({ Body, ...(StatusCallback && { StatusCallback }) })).toBe(key);
  });
});

describe('the rest', () => {
  it('shows the messages on a page, as text only', async () => {
    await sdk.messages.create({ from, to, body: '<script>alert(1)</script>' });
    const page = await (await fetch(`${twilio.host.url}/twilio/_emulator/messages`)).text();
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('<script>');
  });
});
