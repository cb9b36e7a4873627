import { type Kysely, sql } from 'kysely';
import type { DriftKind } from '../../../shared/calendar-sync.ts';
import type { Alongside } from '../../effects.ts';
import type { SideOfDrift } from '../../tables/calendar-sync.ts';
import type { Database } from '../../tables/database.ts';

/** Something that differs between a company's calendar and us. */
export interface Drift {
  appointmentId: string | null;
  bookingUid: string;
  kind: DriftKind;
  here: SideOfDrift | null;
  there: SideOfDrift | null;
}

export interface NotedDrift {
  bookingUid: string;
  kind: DriftKind;
  appointmentId: string | null;
  /** A person has it in front of them, as it stands now. */
  asked: boolean;
}

/** What a person was asked about: seen again and unchanged, it is not asked anew. */
const ASKED = ['conflict', 'gone'];

/** A statement takes 65,535 values. */
const ROWS_AT_ONCE = 1_000;

/**
 * Notes what differs. One that is open already is seen again, once per comparison, however often a step of it is
 * repeated; changed in the calendar, it is open anew.
 */
export async function noteDrifts(
  db: Kysely<Database>,
  companyId: string,
  drifts: Drift[],
): Promise<NotedDrift[]> {
  const noted: NotedDrift[] = [];
  for (let at = 0; at < drifts.length; at += ROWS_AT_ONCE) {
    noted.push(...(await noteSome(db, companyId, drifts.slice(at, at + ROWS_AT_ONCE))));
  }
  return noted;
}

async function noteSome(db: Kysely<Database>, companyId: string, drifts: Drift[]): Promise<NotedDrift[]> {
  const rows = drifts.map(
    ({ appointmentId, bookingUid, kind, here, there }) =>
      sql`(${companyId}::uuid, ${appointmentId}::uuid, ${bookingUid}, ${kind}, ${json(here)}::jsonb, ${json(there)}::jsonb)`,
  );
  const noted = await sql<Omit<NotedDrift, 'asked'> & { outcome: string }>`
    INSERT INTO calendar_drifts AS d (company_id, appointment_id, booking_uid, kind, here, there)
    VALUES ${sql.join(rows)}
    ON CONFLICT (company_id, booking_uid, kind) WHERE resolved_at IS NULL DO UPDATE SET
      here = EXCLUDED.here, there = EXCLUDED.there, appointment_id = EXCLUDED.appointment_id,
      last_seen_at = clock_timestamp(),
      times_seen = d.times_seen + CASE WHEN d.last_seen_at >= ${runningSince(companyId)} THEN 0 ELSE 1 END,
      outcome = CASE WHEN d.there IS DISTINCT FROM EXCLUDED.there THEN 'open' ELSE d.outcome END
    RETURNING booking_uid AS "bookingUid", kind, appointment_id AS "appointmentId", outcome`.execute(db);
  return noted.rows.map(({ outcome, ...drift }) => ({ ...drift, asked: ASKED.includes(outcome) }));
}

/** Since when bookings are being compared; null: they are not. */
const runningSince = (companyId: string) => sql`(
  SELECT max(started_at) FROM calendar_sync_runs
  WHERE company_id = ${companyId}::uuid AND kind = 'bookings' AND status = 'running')`;

const json = (side: SideOfDrift | null) => (side ? JSON.stringify(side) : null);

/** What became of what differs. */
export async function noteOutcome(
  db: Kysely<Database>,
  companyId: string,
  { bookingUid, kind }: Pick<Drift, 'bookingUid' | 'kind'>,
  outcome: string,
): Promise<void> {
  await db
    .updateTable('calendar_drifts')
    .set({ outcome })
    .where('company_id', '=', companyId)
    .where('booking_uid', '=', bookingUid)
    .where('kind', '=', kind)
    .where('resolved_at', 'is', null)
    .execute();
}

/** What this whole comparison has not found any more is over. */
export async function resolveDrifts(db: Kysely<Database>, companyId: string, syncId: string): Promise<void> {
  await db
    .updateTable('calendar_drifts')
    .set({ resolved_at: new Date() })
    .where('company_id', '=', companyId)
    .where('resolved_at', 'is', null)
    .where('last_seen_at', '<', (eb) =>
      eb.selectFrom('calendar_sync_runs').where('id', '=', syncId).select(sql<Date>`started_at`.as('since')),
    )
    .execute();
}

/** Notes that both sides had changed; the company is to be told. Returns its id. */
export async function noteBothChanged(
  trx: Kysely<Database>,
  companyId: string,
  outcome: 'calendar-won' | 'cancellation-won',
  drift: Omit<Drift, 'kind'>,
): Promise<string> {
  const { id } = await trx
    .insertInto('calendar_drifts')
    .values({
      company_id: companyId,
      appointment_id: drift.appointmentId,
      booking_uid: drift.bookingUid,
      kind: 'both-changed',
      here: json(drift.here),
      there: json(drift.there),
      outcome,
      told: 'due',
      told_at: null,
      resolved_at: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Drifts of which a company is to be told, oldest first. */
export async function driftsToTell(db: Kysely<Database>, companyId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('calendar_drifts')
    .where('company_id', '=', companyId)
    .where('told', '=', 'due')
    .select('id')
    .orderBy('created_at')
    .limit(20)
    .execute();
  return rows.map(({ id }) => id);
}

/** A drift with what a mail about it says; undefined when it or its appointment is gone. */
export function readDriftToTell(db: Kysely<Database>, driftId: string) {
  return db
    .selectFrom('calendar_drifts as d')
    .innerJoin('companies as c', 'c.id', 'd.company_id')
    .innerJoin('appointments as a', 'a.id', 'd.appointment_id')
    .innerJoin('services as v', 'v.id', 'a.service_id')
    .innerJoin('staff as s', 's.id', 'a.staff_id')
    .where('d.id', '=', driftId)
    .select(['d.id', 'd.told', 'd.here', 'd.there', 'd.created_at as createdAt'])
    .select(['c.id as companyId', 'c.name as companyName', 'c.contact_email as contactEmail'])
    .select(['a.id as appointmentId', 'a.time_zone as timeZone', 'v.name as service', 's.name as staff'])
    .executeTakeFirst();
}

/** The mail about a drift went out; written together with it. */
export const driftTold = (driftId: string): Alongside => sql`
  told AS (UPDATE calendar_drifts SET told = 'sent', told_at = now() WHERE id = ${driftId} AND told = 'due')`;

/** The mail about a drift did not go out, or nobody knows. */
export async function failDriftMail(
  db: Kysely<Database>,
  driftId: string,
  told: 'unknown' | 'refused',
): Promise<void> {
  await db.updateTable('calendar_drifts').set({ told }).where('id', '=', driftId).execute();
}

/** Removes what was resolved long ago; returns how many. */
export async function pruneDrifts(db: Kysely<Database>, olderThanMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('calendar_drifts')
    .where('resolved_at', '<', new Date(Date.now() - olderThanMs))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
