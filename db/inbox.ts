import type pg from 'pg';

/** An event to be stored; the body is already sealed. */
export interface NewInboxRow {
  source: string;
  eventKey: string;
  eventType: string;
  entity: string | null;
  /** Whose event it is, where the entity does not say it: a workflow id, or a sender. */
  about?: string | null;
  companyId: string | null;
  bodySealed: Buffer;
  requestId: string;
  traceParent: string | null;
}

/** An event without its body, as it is handed over. */
export interface InboxEvent {
  id: string;
  source: string;
  eventType: string;
  /** The workflow id the event belongs to. */
  entity: string;
  companyId: string | null;
  requestId: string;
  traceParent: string | null;
}

export interface EventKey {
  source: string;
  eventKey: string;
}

export interface StoredKey extends EventKey {
  id: string;
}

export interface FreshKey extends StoredKey {
  /** It waits for its hand-over. */
  pending: boolean;
}

/**
 * Stores many events in one commit and returns the fresh ones; a key that is missing in the answer was
 * stored before. Events without an entity are kept as ignored; so are those of people who were erased, without their
 * bodies. Ids follow the order of arrival, while the
 * rows go in by key: two commits with the same keys then wait for each other in one direction only.
 */
export async function insertEvents(
  pool: pg.Pool,
  rows: readonly NewInboxRow[],
  sweepAfterMs: number,
): Promise<FreshKey[]> {
  const { rows: stored } = await pool.query<FreshKey>(
    `INSERT INTO inbox_events
       (id, source, event_key, event_type, entity, about, company_id, body_sealed, request_id, trace_parent,
        status, next_attempt_at)
     OVERRIDING SYSTEM VALUE
     SELECT n.id, n.source, n.event_key, n.event_type, n.entity, n.about, n.company_id,
            CASE WHEN x.entity IS NULL THEN n.body_sealed ELSE '' END, n.request_id, n.trace_parent,
            CASE WHEN n.entity IS NULL OR x.entity IS NOT NULL THEN 'ignored' ELSE 'pending' END,
            now() + $10 * interval '1 millisecond'
     FROM (
       SELECT nextval(pg_get_serial_sequence('inbox_events', 'id')) AS id, e.*
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bytea[], $7::text[],
                   $8::text[], $9::text[])
         AS e (source, event_key, event_type, entity, company_id, body_sealed, request_id, trace_parent, about)
       OFFSET 0
     ) n
     LEFT JOIN erased_entities x ON x.entity = coalesce(n.entity, n.about)
     ORDER BY n.source, n.event_key, n.id
     ON CONFLICT (source, event_key) DO NOTHING
     RETURNING id, source, event_key AS "eventKey", status = 'pending' AS pending`,
    [
      rows.map((row) => row.source),
      rows.map((row) => row.eventKey),
      rows.map((row) => row.eventType),
      rows.map((row) => row.entity),
      rows.map((row) => row.companyId),
      rows.map((row) => row.bodySealed),
      rows.map((row) => row.requestId),
      rows.map((row) => row.traceParent),
      rows.map((row) => row.about ?? null),
      sweepAfterMs,
    ],
  );
  return stored;
}

/** The ids of events that are already stored. */
export async function findEventIds(pool: pg.Pool, keys: readonly EventKey[]): Promise<StoredKey[]> {
  const { rows } = await pool.query<StoredKey>(
    `SELECT e.id, e.source, e.event_key AS "eventKey"
     FROM inbox_events e
     JOIN unnest($1::text[], $2::text[]) AS k (source, event_key)
       ON e.source = k.source AND e.event_key = k.event_key`,
    [keys.map((key) => key.source), keys.map((key) => key.eventKey)],
  );
  return rows;
}

/** Every statement that changes several events locks them in this order. */
const lockInOrder = (ids: string) =>
  `locked AS MATERIALIZED (
     SELECT id FROM inbox_events WHERE id = ANY (${ids}::bigint[]) ORDER BY id FOR UPDATE
   )`;

/** Adds one duplicate per entry of `ids` (an id may stand there several times). */
export async function countDuplicates(pool: pg.Pool, ids: readonly string[]): Promise<void> {
  await pool.query(
    `WITH ${lockInOrder('$1')}
     UPDATE inbox_events e SET duplicates = e.duplicates + d.seen
     FROM locked JOIN (SELECT id, count(*) AS seen FROM unnest($1::bigint[]) AS id GROUP BY id) d USING (id)
     WHERE e.id = locked.id`,
    [ids],
  );
}

/** Closes events after their hand-over succeeded. */
export async function markDone(pool: pg.Pool, ids: readonly string[]): Promise<void> {
  await pool.query(
    `WITH ${lockInOrder('$1')}
     UPDATE inbox_events e
     SET status = 'done', done_at = now(), attempts = e.attempts + 1, last_error = NULL
     FROM locked WHERE e.id = locked.id AND e.status = 'pending'`,
    [ids],
  );
}

/** Puts events off after a failed hand-over: 1 s, 2 s, 4 s … 60 s after the first, second, third try. */
export async function markFailed(
  pool: pg.Pool,
  failed: readonly { id: string; error: string }[],
): Promise<void> {
  await pool.query(
    `WITH ${lockInOrder('$1')}
     UPDATE inbox_events e
     SET attempts = e.attempts + 1,
         last_error = f.error,
         next_attempt_at = now() + least(60, power(2, least(e.attempts, 6))) * interval '1 second'
     FROM locked JOIN unnest($1::bigint[], $2::text[]) AS f (id, error) USING (id)
     WHERE e.id = locked.id AND e.status = 'pending'`,
    [failed.map(({ id }) => id), failed.map(({ error }) => error)],
  );
}

/**
 * Claims what is due, at most `maxEntities` entities at a time, for `leaseMs`. Only the oldest pending event
 * of an entity is locked, so an entity is with one process at a time and its events go in order.
 */
export async function claimDue(
  pool: pg.Pool,
  options: { maxEntities: number; leaseMs: number },
): Promise<InboxEvent[]> {
  const { rows } = await pool.query<InboxEvent>(
    `WITH heads AS (
       SELECT head.id, head.entity
       FROM inbox_events head
       WHERE head.status = 'pending' AND head.next_attempt_at <= now() AND NOT EXISTS (
         SELECT FROM inbox_events earlier
         WHERE earlier.entity = head.entity AND earlier.id < head.id AND earlier.status = 'pending')
       ORDER BY head.next_attempt_at, head.id
       LIMIT $1
       FOR UPDATE OF head SKIP LOCKED
     ), claimed AS (
       UPDATE inbox_events e SET next_attempt_at = now() + $2 * interval '1 millisecond'
       FROM heads
       WHERE e.entity = heads.entity AND e.status = 'pending' AND e.next_attempt_at <= now()
       RETURNING e.id, e.source, e.event_type, e.entity, e.company_id, e.request_id, e.trace_parent
     )
     SELECT id, source, event_type AS "eventType", entity, company_id AS "companyId",
            request_id AS "requestId", trace_parent AS "traceParent"
     FROM claimed ORDER BY claimed.id`,
    [options.maxEntities, options.leaseMs],
  );
  return rows;
}

/** Makes an event pending and due again. Null: there is no such event; false: no chain listens to it. */
export async function requeueEvent(pool: pg.Pool, id: string): Promise<boolean | null> {
  const { rows } = await pool.query<{ entity: string | null }>(
    `WITH event AS (SELECT id, entity FROM inbox_events WHERE id = $1), replayed AS (
       UPDATE inbox_events e
       SET status = 'pending', attempts = 0, last_error = NULL, done_at = NULL, next_attempt_at = now()
       FROM event WHERE e.id = event.id AND event.entity IS NOT NULL
     )
     SELECT entity FROM event`,
    [id],
  );
  const [event] = rows;
  return event ? event.entity !== null : null;
}

/** The sealed body of an event, or null when there is no such event. */
export async function findSealedBody(pool: pg.Pool, id: string): Promise<Buffer | null> {
  const { rows } = await pool.query<{ body_sealed: Buffer }>(
    'SELECT body_sealed FROM inbox_events WHERE id = $1',
    [id],
  );
  return rows[0]?.body_sealed ?? null;
}
