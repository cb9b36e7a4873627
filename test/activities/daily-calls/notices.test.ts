import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileCallNotices } from '../../../activities/daily-calls/daily-call/file-call-notices.ts';
import { closeFollowUp, followUp } from '../../../activities/daily-calls/daily-call/follow-up.ts';
import {
  giveUpCallNotice,
  sendCallMail,
  sendCallSms,
} from '../../../activities/daily-calls/daily-call/send-call-notice.ts';
import { optInToSms, optOutOfSms } from '../../../db/daily-calls/sms-opt-outs.ts';
import { phoneIndex } from '../../../db/daily-calls/user-values.ts';
import { createMessageEffects } from '../../../platform/message-effects.ts';
import { smsReference } from '../../../shared/messages/sms-reference.ts';
import { addCompany } from '../../api/support.ts';
import { type AfterCall, startAfterCall, type TalkedTo } from './fixture.ts';

let after: AfterCall;
beforeAll(async () => {
  after = await startAfterCall();
});
afterAll(() => after.close());
beforeEach(() => after.clear());

/** Somebody who was called, the call looked at, the notices filed. */
async function told(said: TalkedTo = {}) {
  const person = await after.talkedTo({ transcript: 'User: Danke, mir geht es gut.', ...said });
  await after.run((deps) => followUp(deps, person.attemptId));
  const filed = await fileCallNotices(after.deps, person.attemptId);
  const idOf = (channel: 'email' | 'sms') => filed.find((notice) => notice.channel === channel)?.id ?? '';
  return { ...person, filed, mailId: idOf('email'), smsId: idOf('sms') };
}
const delivered = async (vendor: string) => (await after.ledger(vendor)).length;

describe('filing', () => {
  it('gives one row for each channel of choice, whenever it is done', async () => {
    const { attemptId, filed } = await told();
    expect(filed.map(({ channel }) => channel)).toEqual(['email', 'sms']);
    expect(await fileCallNotices(after.deps, attemptId)).toEqual(filed);
    expect(await after.notices(attemptId)).toHaveLength(2);
  });

  it('tells nobody who wishes nothing', async () => {
    const { attemptId, filed } = await told({ notify_channels: [] });
    expect(filed).toEqual([]);
    expect(await after.notices(attemptId)).toEqual([]);
  });

  it.each([
    ['no-address', 'email', { email: null }],
    ['no-number', 'sms', { phone: null }],
    ['no-mobile-number', 'sms', { phone: '+4930901820' }],
    ['deleted', 'email', { deleted_at: new Date() }],
    ['deleted', 'sms', { deleted_at: new Date() }],
    ['nothing-said', 'sms', { transcript: ' ' }],
  ] as const)('skips with the reason %s: %s', async (reason, channel, said) => {
    const { attemptId, filed } = await told({ notify_channels: [channel], ...said });
    expect(filed).toEqual([]);
    expect(await after.notices(attemptId)).toMatchObject([{ channel, status: 'skipped', reason }]);
  });

  it('sends no SMS to a number on the do-not-call list', async () => {
    const phone = '+4915123459999';
    await after.deps.db
      .insertInto('do_not_call')
      .values({
        phone_index: after.deps.vault.blindIndex('do-not-call', phone),
        company_id: null,
        reason: 'asked',
      })
      .execute();
    const { attemptId, filed } = await told({ phone });
    expect(filed.map(({ channel }) => channel)).toEqual(['email']);
    expect(await after.notices(attemptId)).toMatchObject([
      { channel: 'email', status: 'pending' },
      { channel: 'sms', status: 'skipped', reason: 'opted-out' },
    ]);
  });

  it('skips everything of a person whose key is destroyed', async () => {
    const { attemptId, personId } = await after.talkedTo({ transcript: 'User: Hallo.' });
    await after.deps.db
      .updateTable('person_keys')
      .set({ wrapped_key: Buffer.alloc(0) })
      .where('id', '=', personId)
      .execute();
    expect(await fileCallNotices(after.deps, attemptId)).toEqual([]);
    expect(await after.notices(attemptId)).toMatchObject([{ reason: 'no-address' }, { reason: 'no-number' }]);
  });
});

describe('a mail', () => {
  it('says thanks, what was talked about and how to change it, in the language of the person', async () => {
    const { attemptId, mailId, email } = await told();
    await sendCallMail(after.deps, mailId);
    const mail = await after.mail(email!);
    expect(mail?.subject).toBe('Unser Gespräch heute');
    for (const body of [mail?.text, mail?.html]) {
      expect(body).toContain('Guten Tag Mia Sommer,');
      expect(body).toContain('Sie haben erzählt: Danke, mir geht es gut.');
      expect(body).toContain('desk@care-line.example');
    }
    expect(await after.notices(attemptId)).toMatchObject([{ channel: 'email', status: 'sent' }, {}]);
  });

  it('is in English for everybody else, and without a summary when there is none', async () => {
    const person = await after.talkedTo({ transcript: 'User: Bonjour', locale: 'fr-FR', name: null });
    await after.run((deps) => closeFollowUp(deps, person.attemptId));
    const [mail] = await fileCallNotices(after.deps, person.attemptId);
    await sendCallMail(after.deps, mail!.id);
    const sent = await after.mail(person.email!);
    expect(sent?.subject).toBe('Our call today');
    expect(sent?.text).toContain('Hello,\n\nthank you for talking to us today.');
    expect(sent?.text).not.toContain('What we talked about');
  });

  it('cannot be turned into HTML by what was said', async () => {
    const { mailId, email } = await told({
      transcript: 'User: <img src=x onerror=alert(1)> {{ contact }} gut',
    });
    await sendCallMail(after.deps, mailId);
    const mail = await after.mail(email!);
    expect(mail?.html).not.toContain('<img');
    expect(mail?.html).toContain('&lt;img');
    expect(mail?.html).toContain('{{ contact }}');
  });

  it('leaves once, however often it is sent', async () => {
    const { mailId } = await told();
    await sendCallMail(after.deps, mailId);
    await sendCallMail(after.deps, mailId);
    expect(await delivered('smtp')).toBe(1);
  });

  it('of which nobody knows whether it left is unknown, and not sent again', async () => {
    const { attemptId, mailId } = await told();
    await after.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'executed-then-drop' });
    await expect(sendCallMail(after.deps, mailId)).rejects.toMatchObject({ type: 'EffectUnknown' });
    await expect(sendCallMail(after.deps, mailId)).rejects.toMatchObject({ type: 'EffectUnknown' });
    expect(await delivered('smtp')).toBe(1);
    expect(await after.notices(attemptId)).toMatchObject([{ channel: 'email', status: 'unknown' }, {}]);
    await expect(giveUpCallNotice(after.deps, mailId)).rejects.toMatchObject({ type: 'EffectUnknown' });
  });

  it('is refused for good by its server', async () => {
    const { attemptId, mailId, email } = await told();
    await after.seed({ smtp: { recipients: { [email!]: { status: 550, reply: 'no such mailbox' } } } });
    await expect(sendCallMail(after.deps, mailId)).rejects.toMatchObject({ type: 'VendorRejected' });
    expect(await after.notices(attemptId)).toMatchObject([{ channel: 'email', status: 'failed' }, {}]);
  });
});

describe('an SMS', () => {
  it('carries the summary and our reference', async () => {
    const { attemptId, smsId, phone } = await told();
    await sendCallSms(after.deps, smsId);
    const [text] = await after.texts();
    expect(text?.To).toBe(phone);
    expect(text?.Body).toBe(
      `care-line: Danke für das Gespräch heute. Sie haben erzählt: Danke, mir geht es gut. Anrufe oder Nachrichten ändern: Sagen Sie es uns beim nächsten Anruf. (ref ${smsReference(smsId)})`,
    );
    const [, sms] = await after.notices(attemptId);
    expect(sms).toMatchObject({ channel: 'sms', status: 'sent', vendor_ref: expect.stringMatching(/^SM/) });
  });

  it('comes from the number of its company', async () => {
    const own = '+4930901877';
    const ofCompany = (sms_sender: string | null) =>
      after.deps.db.updateTable('companies').set({ sms_sender }).where('id', '=', after.company.id).execute();
    await after.seed({ twilio: { senders: [own] } });
    const { smsId } = await told();
    await ofCompany(own);
    await sendCallSms(after.deps, smsId);
    await ofCompany(null);
    const { smsId: other } = await told();
    await sendCallSms(after.deps, other);
    const senders = (await after.texts()).map(({ From }) => From);
    expect(senders).toEqual([own, after.deps.env.TWILIO_FROM_NUMBER]);
  });

  it('stays short, whatever the summary says', async () => {
    const person = await after.talkedTo({ transcript: 'User: hm', locale: 'en' });
    await after.script({
      answer: { summary: '😀'.repeat(500), sentiment: 'neutral', mood: 'calm', answers: [] },
    });
    await after.run((deps) => followUp(deps, person.attemptId));
    const [, sms] = await fileCallNotices(after.deps, person.attemptId);
    await sendCallSms(after.deps, sms!.id);
    const [text] = await after.texts();
    expect(text?.Body).toContain(`${'😀'.repeat(279)}…`);
    expect(text?.Body).not.toContain('😀'.repeat(280));
  });

  it('whose answer got lost is found again', async () => {
    const { attemptId, smsId } = await told();
    await after.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    await expect(sendCallSms(after.deps, smsId)).rejects.toMatchObject({ type: 'VendorUnavailable' });
    await expect
      .poll(
        () =>
          sendCallSms(after.deps, smsId).then(
            () => 'sent',
            () => 'waiting',
          ),
        { timeout: 10_000 },
      )
      .toBe('sent');
    expect(await after.texts()).toHaveLength(1);
    expect((await after.notices(attemptId))[1]).toMatchObject({ channel: 'sms', status: 'sent' });
  });

  it('over the quota of the person waits for its turn', async () => {
    const { attemptId, smsId } = await told();
    const { deps } = after;
    const { companySettings, mailFailure, sms, smsFailure } = deps;
    const once = async (companyId: string) => {
      const { limits, ...settings } = await companySettings(companyId);
      return { ...settings, limits: { ...limits, smsPerDayPerCustomer: 1 } };
    };
    const pushFailure = mailFailure;
    const parts = { companySettings: once, mailFailure, sms, smsFailure, pushFailure };
    const strict = createMessageEffects(parts);
    await sendCallSms({ ...deps, messages: strict }, smsId);
    const again = await after.calledAgain(attemptId);
    const [, second] = await fileCallNotices(deps, again);
    await expect(sendCallSms({ ...deps, messages: strict }, second!.id)).rejects.toMatchObject({
      type: 'RateLimited',
    });
    expect(await after.texts()).toHaveLength(1);
    expect((await after.notices(again))[1]).toMatchObject({ channel: 'sms', status: 'pending' });
  });
});

describe('an SMS to somebody who has written STOP', () => {
  const indexOf = (phone: string | null) => phoneIndex(after.deps.vault, phone!);
  const stop = (phone: string | null, companyId = after.company.id) =>
    optOutOfSms(after.deps.db, [companyId], indexOf(phone), { source: 'word', code: null });
  const smsOf = async (attemptId: string) => (await after.notices(attemptId))[1];

  it('is not filed, and is again after START', async () => {
    const { attemptId, phone } = await told();
    await stop(phone);
    const again = await after.calledAgain(attemptId);
    expect(await fileCallNotices(after.deps, again)).toMatchObject([{ channel: 'email' }]);
    expect(await smsOf(again)).toMatchObject({ status: 'skipped', reason: 'opted-out' });
    await optInToSms(after.deps.db, [after.company.id], indexOf(phone));
    const third = await after.calledAgain(again);
    expect(await fileCallNotices(after.deps, third)).toMatchObject([{}, { channel: 'sms' }]);
  });

  it('is not sent when the word came while it waited', async () => {
    const { attemptId, smsId, phone } = await told();
    await stop(phone);
    await sendCallSms(after.deps, smsId);
    expect(await after.texts()).toEqual([]);
    expect(await smsOf(attemptId)).toMatchObject({ status: 'skipped', reason: 'opted-out' });
  });

  it('that had left before stays sent', async () => {
    const { attemptId, smsId, phone } = await told();
    await sendCallSms(after.deps, smsId);
    await stop(phone);
    await sendCallSms(after.deps, smsId);
    expect(await after.texts()).toHaveLength(1);
    expect(await smsOf(attemptId)).toMatchObject({ status: 'sent', reason: null });
  });

  it('is another matter for another company', async () => {
    const { attemptId, smsId, phone } = await told();
    const { id } = await addCompany(after.deps.db, 'other-line');
    await stop(phone, id);
    await sendCallSms(after.deps, smsId);
    expect(await smsOf(attemptId)).toMatchObject({ status: 'sent' });
  });

  it('is noted when the provider is the first to say it', async () => {
    const { attemptId, smsId, phone } = await told();
    await after.seed({ twilio: { recipients: [{ number: phone, condition: 'opted-out' }] } });
    await expect(sendCallSms(after.deps, smsId)).rejects.toMatchObject({ type: 'VendorRejected' });
    expect(await smsOf(attemptId)).toMatchObject({ status: 'failed', reason: '21610' });
    const again = await after.calledAgain(attemptId);
    await fileCallNotices(after.deps, again);
    expect(await smsOf(again)).toMatchObject({ status: 'skipped', reason: 'opted-out' });
  });
});

describe('giving up', () => {
  it('ends what was not sent, for good', async () => {
    const { attemptId, mailId, smsId } = await told();
    await giveUpCallNotice(after.deps, mailId);
    await giveUpCallNotice(after.deps, smsId);
    expect(await after.notices(attemptId)).toMatchObject([
      { status: 'failed', reason: 'too-late' },
      { status: 'failed', reason: 'too-late' },
    ]);
    await expect(sendCallMail(after.deps, mailId)).rejects.toMatchObject({ type: 'VendorRejected' });
    expect(await delivered('smtp')).toBe(0);
  });

  it('finds what was sent after all', async () => {
    const { attemptId, smsId } = await told();
    await sendCallSms(after.deps, smsId);
    await after.deps.db
      .updateTable('call_notices')
      .set({ status: 'pending', sent_at: null })
      .where('id', '=', smsId)
      .execute();
    await giveUpCallNotice(after.deps, smsId);
    expect((await after.notices(attemptId))[1]).toMatchObject({ channel: 'sms', status: 'sent' });
  });
});
