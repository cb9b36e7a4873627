import fc from 'fast-check';
import twilioSdk from 'twilio';
import { describe, expect, it } from 'vitest';
import {
  InvalidTwilioEventError,
  parseTwilioEvent,
  twimlReply,
  verifyTwilioSignature,
} from '../../../integrations/twilio/webhook.ts';

const token = 'twilio_test_token';
const url = 'https://desk.example/api/webhooks/twilio?notification=1b2c';
const form = { MessageSid: 'SM0123456789', MessageStatus: 'delivered', To: '+4915112345678' };
const encode = (fields: Record<string, string>) => Buffer.from(new URLSearchParams(fields).toString());
const sign = (fields: Record<string, string>, at = url, by = token) =>
  twilioSdk.getExpectedTwilioSignature(by, at, fields);

describe('X-Twilio-Signature', () => {
  const check = (changes: Partial<Parameters<typeof verifyTwilioSignature>[0]> = {}) =>
    verifyTwilioSignature({ url, rawBody: encode(form), header: sign(form), tokens: [token], ...changes });

  it('is what Twilio’s own library computes, over any form', () => {
    expect(check()).toEqual({ ok: true });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (fields) => {
        const header = sign(fields);
        expect(check({ rawBody: encode(fields), header })).toEqual({ ok: true });
      }),
    );
  });

  it('sorts and thins out the values of a name that comes several times', () => {
    const rawBody = Buffer.from('MediaUrl=b&MediaUrl=a&MediaUrl=b&Body=x');
    const header = sign({ MediaUrl: ['b', 'a', 'b'], Body: 'x' } as never);
    expect(check({ rawBody, header })).toEqual({ ok: true });
  });

  it('holds with the port that the scheme has anyway, and by a token that is being replaced', () => {
    const withPort = url.replace('desk.example', 'desk.example:443');
    expect(check({ header: sign(form, withPort) })).toEqual({ ok: true });
    expect(check({ url: withPort, header: sign(form) })).toEqual({ ok: true });
    const other = url.replace('desk.example', 'desk.example:8443');
    expect(check({ url: other, header: sign(form, other) })).toEqual({ ok: true });
    expect(check({ tokens: ['new', token] })).toEqual({ ok: true });
  });

  it.each([
    ['is missing', { header: undefined }, 'missing'],
    ['is of another token', { header: sign(form, url, 'other') }, 'mismatch'],
    ['is of another address', { header: sign(form, `${url}3`) }, 'mismatch'],
    ['is of another port', { header: sign(form, url.replace('.example', '.example:8443')) }, 'mismatch'],
    ['is of another form', { header: sign({ ...form, MessageStatus: 'failed' }) }, 'mismatch'],
    ['covers a field more', { rawBody: encode({ ...form, Extra: '1' }) }, 'mismatch'],
    ['is no base64', { header: '%%%' }, 'mismatch'],
    ['has no token to hold against', { tokens: [] }, 'mismatch'],
  ])('%s', (_case, changes, reason) => {
    expect(check(changes)).toEqual({ ok: false, reason });
  });
});

describe('an event of a message', () => {
  it.each([
    ['queued', 'queued'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['teleported', null],
  ])('%s is %s', (MessageStatus, delivery) => {
    expect(parseTwilioEvent(encode({ ...form, MessageStatus }))).toMatchObject({ kind: 'status', delivery });
  });

  it.each([
    ['30003', null],
    ['30005', 'bad-address'],
    ['21610', 'opted-out'],
    ['63016', null],
    ['63024', 'bad-address'],
    ['99999', null],
  ])('with error %s says of the recipient: %s', (ErrorCode, recipient) => {
    const event = parseTwilioEvent(encode({ ...form, MessageStatus: 'undelivered', ErrorCode }));
    expect(event).toMatchObject({ code: ErrorCode, recipient });
  });

  it('is a text of somebody, by SMS or WhatsApp', () => {
    const text = { MessageSid: 'SM0123456789', From: '+4915112345678', To: '+4930901820', Body: 'Stop' };
    expect(parseTwilioEvent(encode(text))).toMatchObject({
      kind: 'inbound',
      channel: 'sms',
      from: '+4915112345678',
      text: 'Stop',
      answeredByTwilio: false,
    });
    const whatsapp = {
      ...text,
      From: `whatsapp:${text.From}`,
      To: `whatsapp:${text.To}`,
      OptOutType: 'STOP',
    };
    expect(parseTwilioEvent(encode(whatsapp))).toMatchObject({
      channel: 'whatsapp',
      from: '+4915112345678',
      to: '+4930901820',
      answeredByTwilio: true,
    });
  });

  it.each([
    [{ MessageSid: 'x', MessageStatus: 'sent' }, 'MessageSid'],
    [{ MessageSid: 'SM0123456789', MessageStatus: 'no such thing' }, 'MessageStatus'],
    [{ MessageSid: 'SM0123456789', From: 'Lena', To: '+4930901820' }, 'From'],
    [{}, 'MessageSid'],
  ])('%o is none: %s', (fields, path) => {
    const read = () => parseTwilioEvent(encode(fields as Record<string, string>));
    expect(read).toThrow(InvalidTwilioEventError);
    try {
      read();
    } catch (error) {
      expect((error as InvalidTwilioEventError).problems.map((problem) => problem.path)).toContain(path);
    }
  });
});

it('writes TwiML that is XML whatever the text says', () => {
  expect(twimlReply('A & B <C>')).toContain('<Message>A &amp; B &lt;C&gt;</Message>');
  expect(twimlReply(null)).toMatch(/<Response><\/Response>$/);
});
