import type { TestWorkflowEnvironment } from '@temporalio/testing';
import twilioSdk from 'twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fileNotification } from '../../../activities/phone-desk/appointment/file-notification.ts';
import { sendNotification } from '../../../activities/phone-desk/notification/send-notification.ts';
import { notificationWorkflowId } from '../../../shared/ids.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { answer, executedFor, openReviewOf, recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { type ToldCustomers, toldCustomers } from '../../support/told-customers.ts';
import { newCaller } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let people: ToldCustomers;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
  people = toldCustomers(desk);
});
afterEach(async () => {
  await desk.clearFaults();
  const common = { sms_sender: null, whatsapp_sender: null };
  await desk.deps.db.updateTable('companies').set(common).execute();
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** Twilio's post of a status, as often as one likes. */
async function report(notificationId: string, fields: Record<string, string>, token?: string) {
  const { env: settings } = desk.deps;
  const url = `${settings.PUBLIC_URL}/api/webhooks/twilio?notification=${notificationId}`;
  const form = { AccountSid: settings.TWILIO_ACCOUNT_SID, ...fields };
  const signature = twilioSdk.getExpectedTwilioSignature(token ?? settings.TWILIO_AUTH_TOKEN, url, form);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: new URLSearchParams(form).toString(),
  });
  return response.status;
}

/** Somebody writes to one of our numbers. */
async function write(from: string, body: string, to = desk.deps.env.TWILIO_FROM_NUMBER, more: object = {}) {
  return (await desk.control('/twilio/_emulator/inbound', {
    from,
    to,
    body,
    url: `${desk.deps.env.PUBLIC_URL}/api/webhooks/twilio`,
    ...more,
  })) as { status: number; replies: string[] };
}

describe('what Twilio reports of a message', () => {
  it('is noted, and never goes back', async () => {
    const { appointmentId } = await people.booked(['sms']);
    const id = await people.tell(appointmentId);
    const delivered = await eventually('the delivery to be reported', async () => {
      const [row] = await people.rows(appointmentId);
      return row?.delivery === 'delivered' ? row : undefined;
    });
    expect(delivered).toMatchObject({ status: 'sent', delivery_code: null });
    const MessageSid = delivered.vendor_ref!;
    expect(await report(id, { MessageSid, MessageStatus: 'sending' })).toBe(204);
    expect(await report(id, { MessageSid, MessageStatus: 'failed', ErrorCode: '30008' })).toBe(204);
    await people.noPending();
    expect(await people.rows(appointmentId)).toEqual([delivered]);
  });

  it('of one that did not arrive brings it by the next channel of the customer, once', async () => {
    const { appointmentId, customerId, phone, email } = await people.booked(['sms', 'email']);
    await desk.control('/_emulator/seed', {
      twilio: { recipients: [{ number: phone, condition: 'landline' }] },
    });
    const id = await people.tell(appointmentId);
    const [sms, mail] = await eventually('the mail to be sent', async () => {
      const now = await people.rows(appointmentId);
      return now[1]?.status === 'sent' ? now : undefined;
    });
    expect(sms).toMatchObject({
      status: 'failed',
      reason: '30006',
      delivery: 'failed',
      delivery_code: '30006',
    });
    expect(mail).toMatchObject({ channel: 'email', switched_from: id });
    expect(await people.blocks(customerId)).toEqual([
      { channel: 'sms', reason: 'bad-address', source: 'vendor' },
    ]);
    // Twilio tells it again, in another form.
    const MessageSid = sms!.vendor_ref!;
    await report(id, { MessageSid, MessageStatus: 'failed', ErrorCode: '30006' });
    await people.noPending();
    expect(await people.rows(appointmentId)).toHaveLength(2);
    const mails = await (
      await fetch(`${desk.emulatorsUrl}/mail/api/messages?to=${encodeURIComponent(email)}`)
    ).json();
    expect(mails).toHaveLength(1);
    const runId = notificationWorkflowId(mail!.id);
    expect(await env.client.workflow.getHandle(runId).result()).toEqual({ status: 'sent' });
    await recordHistory(desk, runId, 'notification-sent');
  });

  it('comes before the answer that got lost, and is the proof that it was sent', async () => {
    const { appointmentId } = await people.booked(['whatsapp']);
    const sid = `HX${'b'.repeat(32)}`;
    await desk.control('/_emulator/seed', { twilio: { contents: [{ sid, body: '{{1}}' }] } });
    const { db } = desk.deps;
    await db
      .updateTable('companies')
      .set({ whatsapp_sender: desk.deps.env.TWILIO_FROM_NUMBER })
      .where('id', '=', await people.salon())
      .execute();
    const template = { kind: 'confirmation', channel: 'whatsapp', language: 'de' } as const;
    await db
      .insertInto('message_templates')
      .values({ company_id: await people.salon(), ...template, content_sid: sid, variables: ['service'] })
      .execute();
    await desk.fault({
      vendor: 'twilio',
      operation: 'messages.create',
      mode: 'executed-then-drop',
      count: 1,
    });
    const [first] = await fileNotification(desk.deps, appointmentId, 'confirmation');
    await expect(sendNotification(desk.deps, first!.id)).rejects.toMatchObject({ type: 'EffectUnknown' });
    const read = await eventually('the message to be read', async () => {
      const [row] = await people.rows(appointmentId);
      return row?.delivery === 'read' ? row : undefined;
    });
    expect(read).toMatchObject({ status: 'sent', vendor_ref: expect.stringMatching(/^SM/) });
    expect(await sendNotification(desk.deps, first!.id)).toBeNull();
    expect(await executedFor(desk, 'twilio', 'messages.create', first!.id)).toHaveLength(1);
  });

  it('is believed only with Twilio’s signature', async () => {
    const { appointmentId } = await people.booked(['sms']);
    const id = await people.tell(appointmentId);
    const forged = { MessageSid: 'SM00000000000000', MessageStatus: 'failed', ErrorCode: '30005' };
    expect(await report(id, forged, 'another token')).toBe(401);
    await people.noPending();
    expect((await people.rows(appointmentId))[0]!.status).toBe('sent');
  });
});

describe('a message that took over and of which nobody knows', () => {
  it('is asked about like any other', async () => {
    const { appointmentId, phone } = await people.booked(['sms', 'email']);
    await desk.control('/_emulator/seed', {
      twilio: { recipients: [{ number: phone, condition: 'landline' }] },
    });
    await desk.fault({ vendor: 'smtp', operation: 'mail.deliver', mode: 'executed-then-drop', count: 1 });
    await people.tell(appointmentId);
    const mail = await eventually('the mail to take over', async () => (await people.rows(appointmentId))[1]);
    const runId = notificationWorkflowId(mail.id);
    const review = await openReviewOf(desk, runId, 'unknown-effect');
    expect(review.question).toMatchObject({ channel: 'email', notificationId: mail.id });
    await answer(desk, review.id, { action: 'happened' });
    expect(await env.client.workflow.getHandle(runId).result()).toEqual({ status: 'sent' });
    await recordHistory(desk, runId, 'notification-asked');
  });
});

describe('a word to one of our numbers', () => {
  it.each([
    ['STOP', 'de-DE', 'Salon Lindgrün: Sie erhalten hier keine'],
    [' stopp! ', 'de-DE', 'Salon Lindgrün: Sie erhalten hier keine'],
    ['Abmelden', 'de-DE', 'Salon Lindgrün: Sie erhalten hier keine'],
    ['StopAll.', 'en-GB', 'Salon Lindgrün: you will get no more'],
    ['QUIT', 'fr-FR', 'Salon Lindgrün: you will get no more'],
  ])('%s ends the SMS to that number, and START begins them again', async (word, locale, reply) => {
    const phone = newCaller();
    const { customerId } = await people.customerOf(await people.salon(), phone, ['sms', 'email'], locale);
    expect(await write(phone, word)).toMatchObject({
      status: 200,
      replies: [expect.stringContaining(reply)],
    });
    await eventually('the word to be carried out', async () =>
      (await people.blocks(customerId)).length > 0 ? true : undefined,
    );
    expect(await people.blocks(customerId)).toEqual([
      { channel: 'sms', reason: 'opted-out', source: 'word' },
    ]);
    await write(phone, 'Start');
    await eventually('the word to be carried out', async () =>
      (await people.blocks(customerId)).length === 0 ? true : undefined,
    );
  });

  it('HELP is answered and ends nothing; anything else is kept without an answer', async () => {
    const phone = newCaller();
    const { customerId } = await people.customerOf(await people.salon(), phone, ['sms']);
    const help = await write(phone, 'Hilfe');
    expect(help.replies).toEqual([expect.stringContaining('hallo@salon-lindgruen.example')]);
    expect((await write(phone, 'Please do not stop')).replies).toEqual([]);
    expect((await write(phone, 'STOP', undefined, { opt_out_type: 'STOP' })).replies).toEqual([]);
    await people.noPending();
    expect(await people.blocks(customerId)).toHaveLength(1);
  });

  it('counts only where this number is the sender, and only on its channel', async () => {
    const phone = newCaller();
    const here = await people.customerOf(await people.salon(), phone, ['sms', 'whatsapp', 'email']);
    const there = await people.customerOf(await people.dental(), phone, ['sms', 'whatsapp', 'email']);
    const own = '+4930901877';
    await desk.deps.db
      .updateTable('companies')
      .set({ sms_sender: own, whatsapp_sender: own })
      .where('id', '=', await people.dental())
      .execute();
    await write(phone, 'STOP', own);
    await write(`whatsapp:${phone}`, 'STOP', `whatsapp:${own}`);
    await people.noPending();
    expect(await people.blocks(here.customerId)).toEqual([]);
    const reasons = (await people.blocks(there.customerId)).map(({ channel }) => channel).sort();
    expect(reasons).toEqual(['sms', 'whatsapp']);
    await write(phone, 'STOP');
    await people.noPending();
    expect(await people.blocks(here.customerId)).toMatchObject([{ channel: 'sms' }]);
  });

  it('is one word, however often its webhook comes', async () => {
    const phone = newCaller();
    const { customerId } = await people.customerOf(await people.salon(), phone, ['sms']);
    await write(phone, 'STOP', undefined, { times: 3 });
    await people.noPending();
    expect(await people.blocks(customerId)).toHaveLength(1);
  });
});
