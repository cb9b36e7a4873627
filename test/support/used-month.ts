import { findOrCreateCustomer } from '../../db/phone-desk/people.ts';
import type { Deps } from '../../platform/deps.ts';

/** What a company had in a month; the rest is spread evenly over it. */
export interface UsedMonth {
  calls: number;
  /** Of each call. */
  durationMs: number;
  bookings: number;
  messages: number;
}

/** Writes a month as if it had happened: calls at noon UTC, day after day; appointments a week after they were booked. */
export async function useMonth(
  { db, vault, pool }: Deps,
  companyId: string,
  month: string,
  { calls, durationMs, bookings, messages }: UsedMonth,
): Promise<void> {
  const { customerId } = await findOrCreateCustomer(db, vault, {
    companyId,
    phoneE164: '+4915123450000',
    phoneIsMobile: true,
    name: 'Lena Hoffmann',
    email: 'lena.hoffmann@example.com',
    timeZone: 'Europe/Berlin',
    locale: 'de',
  });
  const noon = `${month}-01T12:00:00Z`;
  await pool.query(
    `INSERT INTO calls (company_id, person_id, customer_id, vendor, vendor_call_id, agent_id, direction, status, started_at,
        ended_at, duration_ms, outcome)
      SELECT $1, c.person_id, c.id, 'retell', gen_random_uuid()::text, 'agent', 'inbound', 'analyzed', at,
        at + interval '1 minute', $4, CASE WHEN n % 3 = 0 THEN 'booked' ELSE 'no-wish' END
      FROM customers c, generate_series(0, $3::int - 1) n,
        LATERAL (SELECT $5::timestamptz + (n % 27) * interval '1 day' + (n % 7) * interval '1 hour' AS at) t
      WHERE c.id = $2`,
    [companyId, customerId, calls, durationMs, noon],
  );
  const made = await pool.query<{ id: string }>(
    `INSERT INTO appointments (id, company_id, customer_id, staff_id, service_id, source, status, starts_at, ends_at, blocked,
        time_zone, calcom_event_type_id, counted_at)
      SELECT gen_random_uuid(), $1, $2, e.staff_id, e.service_id, 'api', 'completed', at + interval '7 days',
        at + interval '7 days 30 minutes', tstzmultirange(tstzrange(at + interval '7 days', at + interval '7 days 30 minutes')),
        'Europe/Berlin', e.calcom_event_type_id, at
      FROM generate_series(0, $3::int - 1) n, LATERAL (SELECT $4::timestamptz + n * interval '1 hour' AS at) t,
        LATERAL (SELECT * FROM event_types WHERE company_id = $1 ORDER BY id
          OFFSET n % greatest(1, (SELECT count(*) FROM event_types WHERE company_id = $1)) LIMIT 1) e
      RETURNING id`,
    [companyId, customerId, bookings, noon],
  );
  await pool.query(
    `INSERT INTO notifications (company_id, customer_id, appointment_id, kind, channel, sequence, status, sent_at)
      SELECT $1, $2, $3, 'confirmation', 'email', n, 'sent', $5::timestamptz + n * interval '1 minute'
      FROM generate_series(1, $4::int) n`,
    [companyId, customerId, made.rows[0]?.id ?? null, messages, noon],
  );
}
