import { type Kysely, sql } from 'kysely';
import type { Worker } from '../../../shared/phone-desk/working-hours.ts';
import type { Database } from '../../tables/database.ts';

/** Someone who offers a service, with the hours that decide when. */
export interface Candidate extends Worker {
  staffId: string;
  eventTypeId: number;
  /** Appointments on the day asked for; the least busy comes first. */
  load: number;
  /** Nothing is in the way of the service at the moment asked for, its buffers included. */
  free: boolean;
}

export interface Service {
  id: string;
  companyId: string;
  durationMin: number;
  bufferBeforeMin: number;
  bufferAfterMin: number;
  /** False: the company's subscription is over. What is booked may still be moved. */
  newBookings: boolean;
}

export async function readService(
  db: Kysely<Database>,
  companyId: string,
  serviceId: string,
): Promise<Service | undefined> {
  const row = await db
    .selectFrom('services')
    .innerJoin('companies', 'companies.id', 'services.company_id')
    .where('services.id', '=', serviceId)
    .where('services.company_id', '=', companyId)
    .where('services.active', '=', true)
    .selectAll('services')
    .select('companies.suspended_at')
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    companyId: row.company_id,
    durationMin: row.duration_min,
    bufferBeforeMin: row.buffer_before_min,
    bufferAfterMin: row.buffer_after_min,
    newBookings: row.suspended_at === null,
  };
}

/** Active staff who offer the service (or the one asked for), least busy around `at` first. */
export async function readCandidates(
  db: Kysely<Database>,
  serviceId: string,
  staffId: string | null,
  at: Date,
): Promise<Candidate[]> {
  const { rows } = await sql<{
    staff_id: string;
    time_zone: string;
    calcom_event_type_id: number;
    load: number;
    free: boolean;
    hours: Candidate['hours'] | null;
  }>`
    SELECT s.id AS staff_id, s.time_zone, t.calcom_event_type_id,
      (SELECT count(*)::int FROM appointments a WHERE a.staff_id = s.id AND a.status IN ('held', 'booked')
        AND a.blocked && tstzrange(${at}::timestamptz - interval '12 hours', ${at}::timestamptz + interval '12 hours')) AS load,
      NOT EXISTS (SELECT FROM appointments a WHERE a.staff_id = s.id AND a.status IN ('held', 'booked')
          AND a.blocked && needed.during)
        AND NOT EXISTS (SELECT FROM time_off o WHERE o.staff_id = s.id AND o.during && needed.during) AS free,
      (SELECT json_agg(json_build_object('weekday', w.weekday, 'startMinute', w.start_minute, 'endMinute', w.end_minute)
        ORDER BY w.weekday, w.start_minute) FROM working_hours w WHERE w.staff_id = s.id) AS hours
    FROM event_types t JOIN staff s ON s.id = t.staff_id JOIN services v ON v.id = t.service_id,
      LATERAL (SELECT tstzrange(${at}::timestamptz - make_interval(mins => v.buffer_before_min),
        ${at}::timestamptz + make_interval(mins => v.duration_min + v.buffer_after_min)) AS during) needed
    WHERE t.service_id = ${serviceId} AND t.active AND s.active
      AND (${staffId}::uuid IS NULL OR s.id = ${staffId}::uuid)
    ORDER BY load, s.name`.execute(db);
  return rows.map((row) => ({
    staffId: row.staff_id,
    timeZone: row.time_zone,
    eventTypeId: row.calcom_event_type_id,
    load: row.load,
    free: row.free,
    hours: row.hours ?? [],
  }));
}

/** Times in which a staff member cannot be booked, between two moments: appointments and time off. */
export async function readBusy(
  db: Kysely<Database>,
  staffId: string,
  from: Date,
  to: Date,
): Promise<{ from: Date; to: Date }[]> {
  const { rows } = await sql<{ from: Date; to: Date }>`
    SELECT lower(r) AS from, upper(r) AS to FROM (
      SELECT unnest(blocked) AS r FROM appointments
      WHERE staff_id = ${staffId} AND status IN ('held', 'booked') AND blocked && tstzrange(${from}, ${to})
      UNION ALL
      SELECT during FROM time_off WHERE staff_id = ${staffId} AND during && tstzrange(${from}, ${to})
    ) busy`.execute(db);
  return rows;
}
