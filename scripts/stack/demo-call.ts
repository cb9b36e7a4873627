import { connectDatabase } from '../../db/connect.ts';
import { seedCompanies } from '../../db/seed/companies.ts';
import type { Env } from '../../platform/env.ts';
import { callWorkflowId } from '../../shared/ids.ts';
import { addDays, localDate, weekdayOf } from '../../shared/time.ts';
import { waitUntil } from './wait-until.ts';

const BOOKING_LIMIT_MS = 60_000;

export interface DemoOutcome {
  booked: boolean;
  lines: string[];
}

/** The next day after tomorrow on which the salon works, so that the demo books on every day of the year. */
function wishedDay(timeZone: string): string {
  let day = addDays(localDate(new Date(), timeZone), 2);
  while (![2, 3, 4, 5].includes(weekdayOf(day))) day = addDays(day, 1);
  return day;
}

/** Times at which callers ask; the first that is free in a calendar that earlier demos have filled. */
const wishedTimes = ['10:00', '11:00', '12:00', '14:00', '15:00', '16:00', '17:00'];

/** Plays one inbound call at the phone desk and follows it to its mail. */
export async function playDemoCall({
  env,
  log,
}: {
  env: Env;
  log: (text: string) => void;
}): Promise<DemoOutcome> {
  const company = seedCompanies[0]!;
  const emulators = `http://127.0.0.1:${env.EMULATORS_PORT}`;
  const webhookUrl = `http://127.0.0.1:${env.PORT}/api/webhooks/retell`;
  const date = wishedDay(company.timeZone);
  const startedAt = Date.now();
  const { db, close } = connectDatabase(env.DATABASE_URL, 2);
  try {
    const { count } = await db
      .selectFrom('appointments')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    const time = wishedTimes[Number(count) % wishedTimes.length]!;
    log(`Lena Hoffmann asks ${company.name} for a haircut on ${date} at ${time}`);
    const callId = await play(emulators, webhookUrl, { date, time });
    const workflowId = callWorkflowId('retell', callId);
    const findCall = () =>
      db
        .selectFrom('calls')
        .where('vendor_call_id', '=', callId)
        .where('settled_at', 'is not', null)
        .selectAll()
        .executeTakeFirst();
    await waitUntil('the call to be settled', async () => (await findCall()) !== undefined, BOOKING_LIMIT_MS);
    const call = (await findCall())!;
    const sent = await db
      .selectFrom('notifications')
      .innerJoin('appointments', 'appointments.id', 'notifications.appointment_id')
      .where('appointments.call_id', '=', call.id)
      .select(['notifications.channel', 'notifications.status', 'appointments.calcom_booking_uid'])
      .execute();
    const mailed = sent.some(({ channel, status }) => channel === 'email' && status === 'sent');
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    return {
      booked: call.outcome === 'booked' && mailed,
      lines: [
        `outcome after ${seconds} s: ${call.outcome}`,
        ...sent.map(({ channel, status }) => `  ${channel}: ${status}`),
        `  calendar booking: ${sent[0]?.calcom_booking_uid ?? 'none'}`,
        `  the story:  http://127.0.0.1:${env.TEMPORAL_UI_PORT}/namespaces/${env.TEMPORAL_NAMESPACE}/workflows/${encodeURIComponent(workflowId)}`,
        `  the mail:   ${emulators}/mail`,
        `  the API:    http://127.0.0.1:${env.PORT}/docs`,
      ],
    };
  } finally {
    await close();
  }
}

async function play(
  emulators: string,
  webhookUrl: string,
  wish: { date: string; time: string },
): Promise<string> {
  const company = seedCompanies[0]!;
  const response = await fetch(`${emulators}/retell/_emulator/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      agent_id: company.line.agentId,
      from_number: '+4915123456789',
      to_number: company.line.numberE164,
      webhook_url: webhookUrl,
      transcript: [
        'Agent: Salon Lindgrün, guten Tag!',
        `User: Hallo, Lena Hoffmann. Ich hätte gern einen Haarschnitt am ${wish.date} um ${wish.time}.`,
        'Agent: Sehr gern, das habe ich notiert. Sie bekommen gleich eine Bestätigung.',
      ].join('\n'),
      analysis: {
        call_summary: 'The caller asked for a haircut.',
        user_sentiment: 'Positive',
        call_successful: true,
        custom_analysis_data: {
          booking_requested: true,
          service: 'haircut',
          ...wish,
          customer_name: 'Lena Hoffmann',
          customer_email: 'lena.hoffmann@example.com',
        },
      },
    }),
  });
  if (!response.ok) throw new Error(`The phone emulator refused the call: ${await response.text()}`);
  return ((await response.json()) as { call_id: string }).call_id;
}
