import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nextStep } from '../../../../activities/phone-desk/appointment/next-step.ts';
import { giveUpNotification } from '../../../../activities/phone-desk/notification/give-up-notification.ts';
import { sendAtOnce } from '../../../../activities/phone-desk/notification/send-at-once.ts';
import { moveAppointment } from '../../../../db/phone-desk/appointment/appointment-life.ts';
import { findOrCreateCustomer } from '../../../../db/phone-desk/people.ts';
import { type MessageDesk, openMessageDesk } from '../../../support/message-desk.ts';

let desk: MessageDesk;
beforeAll(async () => {
  desk = await openMessageDesk();
  await desk.enableWhatsApp();
});
afterEach(async () => {
  await desk.clear();
  await desk.setCompany({ notify_channels: ['email', 'sms'], notify_at_once: 2 });
});
afterAll(() => desk?.close());

const refused = (code: number, count?: number) => ({
  vendor: 'twilio',
  operation: 'messages.create',
  mode: 'status' as const,
  status: 400,
  body: { code, message: 'refused', status: 400 },
  ...(count ? { count } : {}),
});

describe('D11: each channel on its own', () => {
  it('an SMS that fails, passes and fails again never sends the mail again', async () => {
    const { appointmentId, email, phone } = await desk.customer();
    const messages = await desk.file(appointmentId);
    const down = { vendor: 'twilio', operation: 'messages.create', mode: 'status' as const, status: 503 };
    await desk.fault({ ...down, count: 2 });
    expect(await sendAtOnce(desk.deps, messages)).toMatchObject([{ channel: 'sms', state: 'waiting' }]);
    // The whole step once more, as after a worker that died before it could say what it had done.
    expect(await sendAtOnce(desk.deps, messages)).toMatchObject([{ channel: 'sms', state: 'waiting' }]);
    await desk.fault(refused(30_007));
    await expect(desk.send(messages.find(({ channel }) => channel === 'sms')!.id)).rejects.toMatchObject({
      type: 'VendorRejected',
    });
    expect(await sendAtOnce(desk.deps, messages)).toEqual([]);
    expect(await desk.mails(email)).toHaveLength(1);
    expect(await desk.texts(phone)).toEqual([]);
    expect(await desk.told(appointmentId)).toEqual(['email sent', 'sms failed 30007']);
  });

  it('a mail server that is down keeps no SMS waiting, and the SMS is not repeated for the mail', async () => {
    const { appointmentId, phone } = await desk.customer();
    const messages = await desk.file(appointmentId);
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'status', status: 421, count: 1 });
    expect(await sendAtOnce(desk.deps, messages)).toMatchObject([{ channel: 'email', state: 'waiting' }]);
    expect(await sendAtOnce(desk.deps, messages)).toEqual([]);
    expect(await desk.texts(phone)).toHaveLength(1);
  });
});

describe('the channels of a message', () => {
  it('are the company’s, as many at once as it wants', async () => {
    const both = await desk.customer();
    await desk.tell(both.appointmentId);
    expect(await desk.told(both.appointmentId)).toEqual(['email sent', 'sms sent']);
    await desk.setCompany({ notify_channels: ['whatsapp', 'email'], notify_at_once: 1 });
    const one = await desk.customer();
    await desk.tell(one.appointmentId);
    expect(await desk.told(one.appointmentId)).toEqual(['whatsapp sent']);
  });

  it('are the first of the customer’s own order that can be used', async () => {
    const { appointmentId } = await desk.customer(
      { email: null },
      { notify_channels: ['email', 'push', 'sms'] },
    );
    await desk.tell(appointmentId);
    expect(await desk.told(appointmentId)).toEqual([
      'email skipped no-address',
      'push skipped no-device',
      'sms sent',
    ]);
  });

  it('reach WhatsApp by the approved text, in the language of the customer', async () => {
    const { appointmentId, phone } = await desk.customer({}, { notify_channels: ['whatsapp'] });
    await desk.tell(appointmentId);
    const [text] = await desk.texts(phone);
    expect(text).toMatchObject({
      To: `whatsapp:${phone}`,
      From: `whatsapp:${desk.deps.env.TWILIO_FROM_NUMBER}`,
    });
    expect(text!.body).toMatch(/^Haircut \/ \w+,? \d+ \w+ \d{4} \/ \d\d:\d\d \/ [0-9a-f]{12}$/);
    const german = await desk.customer({ locale: 'fr-FR' }, { notify_channels: ['whatsapp', 'email'] });
    await desk.deps.db.updateTable('companies').set({ locale: 'de-DE' }).execute();
    await desk.tell(german.appointmentId);
    await desk.deps.db.updateTable('companies').set({ locale: 'en' }).execute();
    expect(await desk.told(german.appointmentId)).toEqual(['email sent', 'whatsapp skipped no-template']);
  });

  it('are looked at once more when it is sent: a word of the customer in between counts', async () => {
    const { appointmentId, customerId, phone } = await desk.customer(
      {},
      { notify_channels: ['sms', 'email'] },
    );
    const [sms] = await desk.file(appointmentId);
    await desk.deps.db
      .insertInto('channel_blocks')
      .values({ customer_id: customerId, channel: 'sms', reason: 'opted-out', source: 'word', code: null })
      .execute();
    expect(await desk.send(sms!.id)).toMatchObject({ channel: 'email' });
    expect(await desk.told(appointmentId)).toEqual(['sms skipped opted-out', 'email pending']);
    expect(await desk.texts(phone)).toEqual([]);
  });

  it('leave WhatsApp out for who has said no, also when its approved text is withdrawn', async () => {
    const { appointmentId, customerId } = await desk.customer({}, { notify_channels: ['whatsapp', 'email'] });
    const [whatsapp] = await desk.file(appointmentId, 'cancellation');
    const { db } = desk.deps;
    await db.deleteFrom('message_templates').where('kind', '=', 'cancellation').execute();
    await db
      .insertInto('channel_blocks')
      .values({
        ...{ customer_id: customerId, channel: 'whatsapp', reason: 'opted-out' },
        ...{ source: 'word', code: null },
      })
      .execute();
    expect(await desk.send(whatsapp!.id)).toMatchObject({ channel: 'email' });
    expect(await desk.told(appointmentId)).toEqual(['whatsapp skipped opted-out', 'email pending']);
  });
});

describe('a message that cannot arrive', () => {
  it.each([
    ['21610: opted out', 21_610, 'opted-out'],
    ['21614: no mobile number', 21_614, 'bad-address'],
  ])('%s, goes on by the next channel of the customer, and so do later ones', async (_case, code, reason) => {
    const own = { notify_channels: ['sms', 'email'] as ('sms' | 'email')[] };
    const { appointmentId, customerId, email } = await desk.customer({}, own);
    await desk.fault(refused(code));
    await desk.tell(appointmentId);
    const [sms, mail] = await desk.rowsOf(appointmentId);
    expect(sms).toMatchObject({ channel: 'sms', status: 'failed', reason: String(code) });
    expect(mail).toMatchObject({ channel: 'email', status: 'sent', switched_from: sms!.id });
    expect(await desk.blocks(customerId)).toEqual([
      { channel: 'sms', reason, source: 'vendor', code: String(code) },
    ]);
    await desk.clear();
    await desk.tell(appointmentId, 'rescheduled');
    expect((await desk.told(appointmentId)).slice(2)).toEqual(['email sent', `sms skipped ${reason}`]);
    expect(await desk.mails(email)).toHaveLength(2);
  });

  it('an address that does not exist goes on by SMS', async () => {
    const { appointmentId, customerId, email } = await desk.customer(
      {},
      { notify_channels: ['email', 'sms'] },
    );
    await desk.seed({ smtp: { recipients: { [email]: { status: 550, reply: '5.1.1 No such user' } } } });
    await desk.tell(appointmentId);
    expect(await desk.told(appointmentId)).toEqual(['email failed EENVELOPE-550-5.1.1', 'sms sent']);
    expect(await desk.blocks(customerId)).toMatchObject([{ channel: 'email', reason: 'bad-address' }]);
  });

  it('an address that does not exist is replaced by the one that the customer gives next', async () => {
    const { appointmentId, customerId, email, phone } = await desk.customer();
    await desk.seed({ smtp: { recipients: { [email]: { status: 550, reply: '5.1.1 No such user' } } } });
    await desk.tell(appointmentId);
    const again = (address: string) =>
      findOrCreateCustomer(desk.deps.db, desk.deps.vault, {
        companyId: desk.company.id,
        phoneE164: phone,
        phoneIsMobile: true,
        name: null,
        email: address,
        timeZone: 'Europe/Berlin',
        locale: 'en',
      });
    await again(email);
    expect(await desk.blocks(customerId)).toHaveLength(1);
    await again('right@example.com');
    await again('another@example.com');
    expect(await desk.blocks(customerId)).toEqual([]);
    await desk.tell(appointmentId, 'rescheduled');
    expect(await desk.mails('right@example.com')).toHaveLength(1);
  });

  it('a mail that is refused for its content says nothing of the address', async () => {
    const { appointmentId, customerId, email } = await desk.customer(
      {},
      { notify_channels: ['email', 'sms'] },
    );
    await desk.seed({ smtp: { recipients: { [email]: { status: 550, reply: '5.7.1 Looks like spam' } } } });
    await desk.tell(appointmentId);
    expect(await desk.told(appointmentId)).toEqual(['email failed EENVELOPE-550-5.7.1', 'sms sent']);
    expect(await desk.blocks(customerId)).toEqual([]);
  });

  it('stays where it is while another channel carries it', async () => {
    await desk.setCompany({ notify_channels: ['email', 'sms', 'whatsapp'] });
    const { appointmentId, phone } = await desk.customer();
    await desk.condition(phone, 'not-mobile');
    await desk.tell(appointmentId);
    expect(await desk.told(appointmentId)).toEqual(['email sent', 'sms failed 21614']);
  });

  it('goes on once, when all its channels fail at the same time', async () => {
    await desk.setCompany({ notify_channels: ['email', 'sms', 'whatsapp'] });
    for (let round = 0; round < 5; round += 1) {
      const { appointmentId, email } = await desk.customer();
      await desk.seed({ smtp: { recipients: { [email]: { status: 550, reply: '5.1.1 No such user' } } } });
      await desk.fault(refused(21_614, 1));
      const messages = await desk.file(appointmentId);
      const unsettled = await sendAtOnce(desk.deps, messages);
      expect(unsettled).toMatchObject([{ channel: 'whatsapp', state: 'waiting' }]);
      expect(await sendAtOnce(desk.deps, messages)).toEqual(unsettled);
    }
  });

  it('whose customer said no on it is not sent another way that the customer has not asked for', async () => {
    await desk.setCompany({ notify_channels: ['sms', 'whatsapp'], notify_at_once: 1 });
    const { appointmentId } = await desk.customer({ email: null });
    await desk.fault(refused(21_610));
    await desk.tell(appointmentId);
    await desk.clear();
    await desk.tell(appointmentId, 'rescheduled');
    expect(await desk.told(appointmentId)).toEqual(['sms failed 21610', 'sms skipped opted-out']);
  });

  it('tries every channel at most once', async () => {
    const { appointmentId, phone, email } = await desk.customer(
      {},
      { notify_channels: ['sms', 'whatsapp', 'email'] },
    );
    await desk.seed({ smtp: { recipients: { [email]: { status: 550, reply: '5.1.1 No such user' } } } });
    await desk.condition(phone, 'not-mobile');
    await desk.tell(appointmentId);
    await desk.tell(appointmentId);
    expect(await desk.told(appointmentId)).toEqual([
      'sms failed 21614',
      'whatsapp failed 21614',
      'email failed EENVELOPE-550-5.1.1',
    ]);
  });
});

describe('what a message says', () => {
  it('is not said any more once the appointment has moved on', async () => {
    const { appointmentId, email, phone } = await desk.customer();
    const [mail, sms] = await desk.file(appointmentId);
    await desk.deps.db
      .updateTable('appointments')
      .set({ sequence: 1 })
      .where('id', '=', appointmentId)
      .execute();
    await desk.send(mail!.id);
    await desk.send(sms!.id);
    expect(await desk.told(appointmentId)).toEqual(['email skipped superseded', 'sms skipped superseded']);
    expect([await desk.mails(email), await desk.texts(phone)]).toEqual([[], []]);
  });

  it('is not reminded of when the move leaves no time for it', async () => {
    const { appointmentId } = await desk.customer();
    const next = async (hours: number) => {
      const startsAt = new Date(Date.now() + hours * 3_600_000);
      const endsAt = new Date(startsAt.getTime() + 1_800_000);
      const { staffId } = desk.company;
      const blocked = { blockedFrom: startsAt, blockedTo: startsAt };
      await moveAppointment(desk.deps.db, { appointmentId, startsAt, endsAt, ...blocked, staffId, uid: 'x' });
      return nextStep(desk.deps, appointmentId, []);
    };
    expect(await next(72)).toMatchObject({ kind: 'reminder', reminder: 'reminder-24h' });
    expect(await next(20)).toMatchObject({ kind: 'reminder', reminder: 'reminder-2h' });
    expect(await next(1.5)).toMatchObject({ kind: 'end' });
    expect(await next(30)).toMatchObject({ kind: 'reminder', reminder: 'reminder-24h' });
  });

  it('stays said when it had been sent before, although nobody had noted it', async () => {
    const { appointmentId, phone } = await desk.customer({}, { notify_channels: ['sms'] });
    const [sms] = await desk.file(appointmentId);
    await desk.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    await expect(desk.send(sms!.id)).rejects.toMatchObject({ type: 'VendorUnavailable' });
    await desk.deps.db
      .updateTable('appointments')
      .set({ sequence: 1 })
      .where('id', '=', appointmentId)
      .execute();
    await expect
      .poll(async () => desk.send(sms!.id).catch(() => 'later'), { timeout: 10_000, interval: 200 })
      .toBeNull();
    expect(await desk.told(appointmentId)).toEqual(['sms sent']);
    expect(await desk.texts(phone)).toHaveLength(1);
  });

  it('is given up for good on every channel', async () => {
    for (const channel of ['email', 'sms', 'whatsapp'] as const) {
      const { appointmentId } = await desk.customer({}, { notify_channels: [channel] });
      const [message] = await desk.file(appointmentId);
      await giveUpNotification(desk.deps, message!.id);
      expect(await desk.told(appointmentId)).toEqual([`${channel} failed too-late`]);
      expect(await desk.send(message!.id)).toBeNull();
    }
  });
});

describe('WhatsApp', () => {
  it('finds a message whose answer got lost by the reference in its approved text', async () => {
    const { appointmentId, phone } = await desk.customer({}, { notify_channels: ['whatsapp'] });
    const [message] = await desk.file(appointmentId);
    await desk.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    await expect(desk.send(message!.id)).rejects.toMatchObject({ type: 'VendorUnavailable' });
    await expect
      .poll(async () => desk.send(message!.id).catch(() => 'later'), { timeout: 10_000, interval: 200 })
      .toBeNull();
    expect(await desk.texts(phone)).toHaveLength(1);
  });

  it('asks a person when the approved text has no reference', async () => {
    await desk.deps.db
      .updateTable('message_templates')
      .set({ variables: ['service', 'day', 'time', 'staff'] })
      .execute();
    const { appointmentId } = await desk.customer({}, { notify_channels: ['whatsapp'] });
    const [message] = await desk.file(appointmentId);
    await desk.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    await expect(desk.send(message!.id)).rejects.toMatchObject({ type: 'EffectUnknown' });
    expect(await desk.told(appointmentId)).toEqual(['whatsapp unknown EffectUnknown']);
  });
});
