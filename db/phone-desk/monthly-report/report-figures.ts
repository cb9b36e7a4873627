import { type Kysely, sql } from 'kysely';
import type { BillLine, Usage } from '../../../shared/phone-desk/prices.ts';
import type { Database } from '../../tables/database.ts';
import { measureUsage } from '../billing/usage.ts';

/** A name with what it brought. */
export interface Share {
  name: string;
  bookings: number;
  revenueCents: number;
}

/** The headline numbers of a month. */
export interface Headline extends Usage {
  /** Inbound calls that ended with a booking. */
  bookedByPhone: number;
  inboundCalls: number;
  cancelled: number;
  noShows: number;
  revenueCents: number;
}

export interface ReportFigures {
  now: Headline;
  before: Headline;
  /** One entry per local day of the month. */
  days: { day: string; calls: number; bookings: number }[];
  /** Inbound calls by local hour, 24 of them. */
  hours: number[];
  outcomes: { outcome: string; calls: number }[];
  services: Share[];
  staff: Share[];
  bill: { totalCents: number; currency: string; lines: BillLine[] } | null;
}

interface Span {
  from: Date;
  to: Date;
}

async function readHeadline(db: Kysely<Database>, companyId: string, { from, to }: Span): Promise<Headline> {
  const { rows } = await sql<Omit<Headline, keyof Usage>>`
    SELECT
      (SELECT count(*)::int FROM calls WHERE company_id = ${companyId} AND ended_at >= ${from} AND ended_at < ${to})
        AS "inboundCalls",
      (SELECT count(*)::int FROM calls WHERE company_id = ${companyId} AND ended_at >= ${from} AND ended_at < ${to}
        AND outcome = 'booked') AS "bookedByPhone",
      (SELECT count(*)::int FROM appointments WHERE company_id = ${companyId} AND status = 'cancelled'
        AND starts_at >= ${from} AND starts_at < ${to}) AS cancelled,
      (SELECT count(*)::int FROM appointments WHERE company_id = ${companyId} AND no_show_at IS NOT NULL
        AND starts_at >= ${from} AND starts_at < ${to}) AS "noShows",
      (SELECT coalesce(sum(v.price_cents), 0)::int FROM appointments a JOIN services v ON v.id = a.service_id
        WHERE a.company_id = ${companyId} AND a.counted_at >= ${from} AND a.counted_at < ${to}) AS "revenueCents"`.execute(
    db,
  );
  return { ...(await measureUsage(db, companyId, { from, to })), ...rows[0]! };
}

async function readShares(
  db: Kysely<Database>,
  companyId: string,
  { from, to }: Span,
  by: 'services' | 'staff',
): Promise<Share[]> {
  const column = by === 'services' ? sql.ref('a.service_id') : sql.ref('a.staff_id');
  const { rows } = await sql<Share>`
    SELECT n.name, count(*)::int AS bookings, coalesce(sum(v.price_cents), 0)::int AS "revenueCents"
    FROM appointments a JOIN services v ON v.id = a.service_id JOIN ${sql.table(by)} n ON n.id = ${column}
    WHERE a.company_id = ${companyId} AND a.counted_at >= ${from} AND a.counted_at < ${to}
    GROUP BY n.id, n.name ORDER BY bookings DESC, n.name`.execute(db);
  return rows;
}

/** Everything that a report shows: a month by the company's clock, beside the month before. */
export async function readReportFigures(
  db: Kysely<Database>,
  company: { id: string; timeZone: string; month: string },
  span: Span,
  spanBefore: Span,
): Promise<ReportFigures> {
  const { id, timeZone, month } = company;
  const { from, to } = span;
  const days = await sql<{ day: string; calls: number; bookings: number }>`
    SELECT d::date::text AS day,
      (SELECT count(*)::int FROM calls WHERE company_id = ${id} AND ended_at >= ${from} AND ended_at < ${to}
        AND (ended_at AT TIME ZONE ${timeZone})::date = d::date) AS calls,
      (SELECT count(*)::int FROM appointments WHERE company_id = ${id} AND counted_at >= ${from} AND counted_at < ${to}
        AND (counted_at AT TIME ZONE ${timeZone})::date = d::date) AS bookings
    FROM generate_series((${from}::timestamptz AT TIME ZONE ${timeZone})::date,
      (${to}::timestamptz AT TIME ZONE ${timeZone})::date - 1, interval '1 day') d ORDER BY d`.execute(db);
  const hours = await sql<{ hour: number; calls: number }>`
    SELECT extract(hour FROM coalesce(started_at, ended_at) AT TIME ZONE ${timeZone})::int AS hour, count(*)::int AS calls
    FROM calls WHERE company_id = ${id} AND ended_at >= ${from} AND ended_at < ${to} GROUP BY 1`.execute(db);
  const outcomes = await sql<{ outcome: string; calls: number }>`
    SELECT outcome, count(*)::int AS calls FROM calls
    WHERE company_id = ${id} AND ended_at >= ${from} AND ended_at < ${to} AND outcome IS NOT NULL
    GROUP BY outcome ORDER BY calls DESC, outcome`.execute(db);
  const bill = await db
    .selectFrom('company_bills')
    .where('company_id', '=', id)
    .where('month', '=', month)
    .where('status', 'in', ['invoiced', 'nothing-due'])
    .select(['total_cents', 'currency', 'lines'])
    .executeTakeFirst();
  return {
    now: await readHeadline(db, id, span),
    before: await readHeadline(db, id, spanBefore),
    days: days.rows,
    hours: Array.from({ length: 24 }, (_, hour) => hours.rows.find((row) => row.hour === hour)?.calls ?? 0),
    outcomes: outcomes.rows,
    services: await readShares(db, id, span, 'services'),
    staff: await readShares(db, id, span, 'staff'),
    bill:
      bill?.total_cents != null && bill.currency
        ? { totalCents: bill.total_cents, currency: bill.currency, lines: bill.lines ?? [] }
        : null,
  };
}
