import { randomBytes, randomUUID } from 'node:crypto';
import { createDailyCallActivities } from '../../activities/daily-calls/daily-call/index.ts';
import { saveAnalysis } from '../../db/daily-calls/analysis.ts';
import { senderOf } from '../../db/privacy/senders.ts';
import { dailyCallWorkflowId } from '../../shared/ids.ts';
import { localDate } from '../../shared/time.ts';
import type { PhoneDesk } from './phone-desk.ts';
import { plantTraces } from './planted-traces.ts';
import { post } from './signed-events.ts';
import { eventually } from './test-bed.ts';
import { berlin } from './wishes.ts';

const COMPANY = 'salon-lindgruen';

/** Somebody who has left something everywhere. */
export interface PlantedPerson {
  /** Texts that stand nowhere else. */
  markers: string[];
  phone: string;
  emails: string[];
  customerId: string;
  userId: string;
  personIds: string[];
  /** Ids of the person's rows. */
  ids: string[];
  appointmentId: string;
  vendorCallId: string;
  dayRun: string;
}

let people = 0;

/** Plants markers of a new person through the doors by which such things come in. */
export async function plantPerson(desk: PhoneDesk, day: string): Promise<PlantedPerson> {
  const { deps } = desk;
  const { db } = deps;
  people += 1;
  const tag = randomBytes(6).toString('hex');
  const marker = (name: string) => `zq${tag}${name}`;
  const phone = `+4915145${String(Number.parseInt(tag.slice(0, 5), 16) % 1_000_000).padStart(6, '0')}`;
  const userPhone = `+4915146${String(Number.parseInt(tag.slice(5, 10), 16) % 1_000_000).padStart(6, '0')}`;
  const markers = [phone.slice(1), userPhone.slice(1)];
  const mark = (name: string) => {
    markers.push(marker(name));
    return marker(name);
  };

  const email = `${mark('mail')}@example.com`;
  // A call that books, with everything that is said in it; its recording is copied.
  const vendorCallId = await desk.play({
    from: phone,
    wish: {
      service: 'haircut',
      date: day,
      time: `${9 + people}:30`,
      customer_name: `Vera ${mark('name')}`,
      customer_email: email,
      note: mark('note'),
    },
    transcript: `User: ${mark('transcript')}`,
    script: { disconnection_reason: mark('hangup') },
  });
  const call = await desk.settled(vendorCallId);
  await desk.api('POST', `/api/calls/${call.id}/refresh`);
  await eventually('the recording', async () => {
    const { recording } = (await desk.api('GET', `/api/calls/${call.id}`)) as {
      recording: { status: string } | null;
    };
    return recording?.status === 'kept' ? true : undefined;
  });
  const customerId = call.customer_id!;
  const { id: appointmentId, calcom_booking_uid: uid } = await db
    .selectFrom('appointments')
    .where('call_id', '=', call.id)
    .selectAll()
    .executeTakeFirstOrThrow();

  await plantTraces(
    desk,
    {
      company: COMPANY,
      companyId: call.company_id,
      customerId,
      phone,
      email,
      vendorCallId,
      appointmentId,
      bookingUid: uid!,
    },
    mark,
  );

  // A booking by API that is cancelled with a reason.
  const booked = (await desk.api('POST', `/api/bookings?company=${COMPANY}`, {
    service: 'haircut',
    startsAt: berlin(day, `${13 + people}:30`).toISOString(),
    customer: { phone, name: 'Somebody Else' },
  })) as { appointmentId: string };
  await eventually('the booking by API', async () => {
    const request = (await desk.api('GET', `/api/bookings/${booked.appointmentId}`)) as { status: string };
    return request.status === 'booked' ? true : undefined;
  });
  await desk.api('POST', `/api/appointments/${booked.appointmentId}/cancel`, { reason: mark('reason') });
  await eventually('the cancellation', async () => {
    const appointment = (await desk.api('GET', `/api/appointments/${booked.appointmentId}`)) as {
      status: string;
    };
    return appointment.status === 'cancelled' ? true : undefined;
  });

  // A legal hold that was released again.
  await desk.api('POST', `/api/customers/${customerId}/legal-hold`, { reference: mark('matter') });
  await desk.api('DELETE', `/api/customers/${customerId}/legal-hold`);

  // The same person as a user of daily calls, with a day that is under way.
  const userEmail = `${mark('usermail')}@example.com`;
  const user = (await desk.api('POST', `/api/call-users?company=${COMPANY}`, {
    phone: userPhone,
    timeZone: 'Europe/Berlin',
    externalId: mark('external'),
    name: `Vera ${mark('username')}`,
    email: userEmail,
    consentAt: new Date().toISOString(),
  })) as { id: string };
  const today = localDate(new Date(), 'Europe/Berlin');
  const companyId = call.company_id;
  const providerCallId = `karo-${randomUUID()}`;
  await db
    .insertInto('daily_calls')
    .values({
      user_id: user.id,
      local_date: today,
      company_id: companyId,
      local_tz: 'Europe/Berlin',
      due_at: new Date(),
    })
    .execute();
  const { id: attemptId } = await db
    .insertInto('call_attempts')
    .values({
      user_id: user.id,
      local_date: today,
      number: 1,
      company_id: companyId,
      provider: 'callkaro',
      provider_call_id: providerCallId,
      planned_for: new Date(),
      status: 'dialled',
      dialled_at: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const report = JSON.stringify({
    call_id: providerCallId,
    attempt_id: attemptId,
    status: 'completed',
    transcript: `User: ${mark('daily')}`,
    recording_url: `https://karo.example/${mark('recording')}.mp3`,
    metadata: { attemptId },
  });
  await post(desk, `/api/webhooks/call?secret=${deps.env.CALLKARO_WEBHOOK_SECRET}`, report);
  await createDailyCallActivities(deps).nextStep({ userId: user.id, companyId, localDate: today });
  await saveAnalysis(db, deps.vault, attemptId, {
    summary: mark('summary'),
    sentiment: 'neutral',
    mood: mark('mood'),
  } as never);
  await db
    .updateTable('daily_calls')
    .set({ reason: mark('dayreason') })
    .where('user_id', '=', user.id)
    .execute();

  // Whatever is still on its way would be a change of its own.
  await eventually('everything to arrive', async () => {
    const { rows } = await deps.pool.query<{ open: number; mails: number }>(
      `SELECT (SELECT count(*) FROM inbox_events WHERE status = 'pending')::int + count(*) FILTER (
         WHERE status = 'pending' OR (channel = 'sms' AND delivery IS DISTINCT FROM 'delivered'))::int AS open,
         count(*) FILTER (WHERE channel = 'email')::int AS mails
       FROM notifications WHERE customer_id = $1 AND status <> 'skipped'`,
      [customerId],
    );
    return rows[0]!.open === 0 && rows[0]!.mails >= 3 ? true : undefined;
  });
  const { person_id: userPerson } = await db
    .selectFrom('call_users')
    .where('id', '=', user.id)
    .select('person_id')
    .executeTakeFirstOrThrow();
  markers.push(...(await hashesOf(desk, customerId, user.id, phone)));
  return {
    markers,
    phone,
    emails: [email, userEmail],
    customerId,
    userId: user.id,
    personIds: [call.person_id!, userPerson!],
    ids: [customerId, user.id, call.id, vendorCallId, appointmentId, booked.appointmentId, attemptId, uid!],
    appointmentId,
    vendorCallId,
    dayRun: dailyCallWorkflowId(user.id, today),
  };
}

/** The keyed hashes by which a person is found, as they stand in a dump. */
async function hashesOf(
  desk: PhoneDesk,
  customerId: string,
  userId: string,
  phone: string,
): Promise<string[]> {
  const { pool, vault } = desk.deps;
  const { rows } = await pool.query<{ hash: string }>(
    `SELECT encode(unnest(ARRAY[phone_index, email_index]), 'hex') AS hash FROM customers WHERE id = $1
     UNION ALL SELECT encode(phone_index, 'hex') FROM call_users WHERE id = $2
     UNION ALL SELECT encode(endpoint_index, 'hex') FROM push_subscriptions WHERE customer_id = $1
     UNION ALL SELECT split_part(entity, '/', 2) FROM inbox_events WHERE entity LIKE 'inbound-message/%' AND about = $3`,
    [customerId, userId, senderOf(vault, phone)],
  );
  return [...rows.map(({ hash }) => hash), senderOf(vault, phone).split('/')[1]!];
}
