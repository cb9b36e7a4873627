import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationMessageId } from '../../../shared/messages/message-id.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { type ToldCustomers, toldCustomers } from '../../support/told-customers.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let people: ToldCustomers;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
  people = toldCustomers(desk);
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

describe('a bounce', () => {
  const dsn = (notificationId: string, status: string, action = 'failed') =>
    [
      'From: MAILER-DAEMON@mx.example',
      'To: desk@switchboard.example',
      'Subject: Undelivered Mail Returned to Sender',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'I could not deliver your message.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; somebody@example.com',
      `Action: ${action}`,
      `Status: ${status}`,
      'Diagnostic-Code: smtp; 550 No such user',
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: ${notificationMessageId(notificationId)}`,
      'Subject: Confirmed',
      '',
      '--b--',
      '',
    ].join('\r\n');

  const post = (body: string, secret: string | null = desk.deps.env.MAIL_WEBHOOK_SECRET ?? '') =>
    fetch(`${desk.apiUrl}/api/webhooks/mail`, {
      method: 'POST',
      headers: {
        'content-type': 'message/rfc822',
        ...(secret === null ? {} : { 'x-webhook-secret': secret }),
      },
      body,
    }).then(({ status }) => status);

  it('of an address that does not exist closes it and brings the message another way', async () => {
    const { appointmentId, customerId } = await people.booked(['email', 'sms']);
    const id = await people.tell(appointmentId);
    expect(await post(dsn(id, '5.1.1'))).toBe(204);
    const [mail, sms] = await eventually('the SMS to be sent', async () => {
      const now = await people.rows(appointmentId);
      return now[1]?.status === 'sent' ? now : undefined;
    });
    expect(mail).toMatchObject({
      status: 'failed',
      delivery: 'failed',
      delivery_code: '5.1.1',
      reason: '5.1.1',
    });
    expect(sms).toMatchObject({ channel: 'sms', switched_from: id });
    expect(await people.blocks(customerId)).toEqual([
      { channel: 'email', reason: 'bad-address', source: 'bounce' },
    ]);
    // The same report again, and the same in other words.
    expect(await post(dsn(id, '5.1.1'))).toBe(204);
    const json = JSON.stringify({ messageId: notificationMessageId(id), action: 'failed', status: '5.1.1' });
    expect(await post(json)).toBe(204);
    await people.noPending();
    expect(await people.rows(appointmentId)).toHaveLength(2);
  });

  it('of a full mailbox brings the message another way and leaves the address alone', async () => {
    const { appointmentId, customerId } = await people.booked(['email', 'sms']);
    const id = await people.tell(appointmentId);
    await post(dsn(id, '5.2.2'));
    await eventually('the SMS to be filed', async () => (await people.rows(appointmentId))[1]);
    expect(await people.blocks(customerId)).toEqual([]);
  });

  it('that says “later” is noted and nothing more', async () => {
    const { appointmentId } = await people.booked(['email', 'sms']);
    const id = await people.tell(appointmentId);
    await post(dsn(id, '4.4.7', 'delayed'));
    await people.noPending();
    expect(await people.rows(appointmentId)).toMatchObject([{ status: 'sent', delivery: 'delayed' }]);
  });

  it('is taken with the secret only, and an answer of somebody on holiday is none', async () => {
    const { appointmentId } = await people.booked(['email', 'sms']);
    const id = await people.tell(appointmentId);
    expect(await post(dsn(id, '5.1.1'), 'wrong')).toBe(401);
    expect(await post(dsn(id, '5.1.1'), null)).toBe(401);
    const holiday = `Subject: Out of office\r\nIn-Reply-To: ${notificationMessageId(id)}\r\n\r\nBack in May.\r\n`;
    expect(await post(holiday)).toBe(204);
    expect(await post('{"messageId":1}')).toBe(204);
    await people.noPending();
    expect(await people.rows(appointmentId)).toMatchObject([{ status: 'sent', delivery: null }]);
    const ignored = await desk.deps.db
      .selectFrom('inbox_events')
      .where('source', '=', 'mail')
      .where('event_type', '=', 'unparsable')
      .select('status')
      .execute();
    expect(ignored).toEqual([{ status: 'ignored' }, { status: 'ignored' }]);
  });
});
