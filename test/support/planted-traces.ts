import { randomBytes, randomUUID } from 'node:crypto';
import { noteDrifts } from '../../db/phone-desk/booking-sync/calendar-drift.ts';
import { bookingWorkflowId } from '../../shared/ids.ts';
import { notificationMessageId } from '../../shared/messages/message-id.ts';
import type { PhoneDesk } from './phone-desk.ts';
import { reportAsMailServer, tellAsCalendar, tellAsRetell, textAsTwilio } from './signed-events.ts';
import { eventually } from './test-bed.ts';

/** Somebody who has called and booked. */
export interface Traced {
  company: string;
  companyId: string;
  customerId: string;
  phone: string;
  /** As the customer's row has it. */
  email: string;
  vendorCallId: string;
  appointmentId: string;
  bookingUid: string;
}

/** Leaves markers of a customer in what providers say of them, and in what stands beside the person's own rows. */
export async function plantTraces(
  desk: PhoneDesk,
  person: Traced,
  mark: (name: string) => string,
): Promise<void> {
  const { company, companyId, customerId, phone, email, appointmentId, bookingUid } = person;
  const { db } = desk.deps;

  // Events that nobody listens to, and one that nobody can read.
  const call = { call_id: person.vendorCallId, transcript: mark('update') };
  await tellAsRetell(desk, { event: 'transcript_updated', call });
  await tellAsRetell(desk, { event: 7, from_number: phone, said: mark('unreadable') });
  // An appointment of ours that took place, and one of the calendar that is nobody's here.
  for (const [uid, attendee] of [
    [bookingUid, { name: mark('attendee') }],
    [`foreign-${randomUUID()}`, { name: mark('foreign'), email }],
  ]) {
    await tellAsCalendar(desk, company, {
      triggerEvent: 'MEETING_ENDED',
      payload: { uid, attendees: [attendee] },
    });
  }

  // Texts to the company's number, one of them a word that is carried out; a device that is told.
  await textAsTwilio(desk, phone, mark('text'));
  await textAsTwilio(desk, phone, 'STOP');
  await desk.api('POST', `/api/customers/${customerId}/push-subscriptions`, {
    endpoint: `https://fcm.googleapis.com/fcm/send/${mark('device')}`,
    keys: { p256dh: randomBytes(65).toString('base64url'), auth: randomBytes(16).toString('base64url') },
  });
  await desk.api('PATCH', `/api/customers/${customerId}/preferences`, { noReminders: ['push'] });

  // A report on a mail about the appointment, and one on a mail about something else.
  const { id: notificationId } = await eventually('the confirmation by mail', () =>
    db
      .selectFrom('notifications')
      .where('appointment_id', '=', appointmentId)
      .where('channel', '=', 'email')
      .where('status', '=', 'sent')
      .select('id')
      .executeTakeFirst(),
  );
  const messageId = notificationMessageId(notificationId);
  const late = { action: 'delayed', status: '4.2.2' };
  await reportAsMailServer(desk, { ...late, messageId, diagnostic: mark('late') });
  const other = { ...late, messageId: `<${randomUUID()}@elsewhere.example>`, recipient: email };
  await reportAsMailServer(desk, { ...other, diagnostic: mark('bounce') });

  // What differed in the calendar, a question to a person, a run that failed.
  await noteDrifts(db, companyId, [
    {
      appointmentId,
      bookingUid,
      kind: 'no-show',
      here: null,
      there: { status: mark('drift') } as never,
    },
  ]);
  const workflowId = bookingWorkflowId(appointmentId);
  await db
    .insertInto('reviews')
    .values({
      id: randomUUID(),
      company_id: companyId,
      kind: 'booking-unclear',
      workflow_id: workflowId,
      entity: appointmentId,
      question: JSON.stringify({ wish: mark('question') }),
      answer: JSON.stringify({ note: mark('answer') }),
      status: 'answered',
      answered_by: 'operator',
      answered_at: new Date(),
      due_at: null,
    })
    .execute();
  await db
    .insertInto('failed_runs')
    .values({
      workflow_type: 'booking',
      workflow_id: workflowId,
      run_id: randomUUID(),
      task_queue: desk.taskQueue,
      attempts: 1,
      first_error: mark('error'),
      last_error: mark('lasterror'),
    })
    .execute();
}
