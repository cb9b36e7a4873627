import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from './tables/database.ts';

/** Where a page ended: creation time in microseconds, as PostgreSQL keeps it (a `Date` would cut it), and id. */
export interface Position {
  createdAt: string;
  id: string;
}

export interface PageRequest {
  limit: number;
  after: Position | null;
}

/** Newest first; `next` is null on the last page. */
export interface Page<T> {
  items: T[];
  next: Position | null;
}

/** Part of a creation time; both ends optional, the later one exclusive. */
export interface CreatedRange {
  createdFrom?: Date | undefined;
  createdBefore?: Date | undefined;
}

/** Tables that are listed by creation time and UUID; each has the indexes for it (migration 0009). */
export type ListedTable =
  | 'agent_scripts'
  | 'alerts'
  | 'appointments'
  | 'calendar_drifts'
  | 'call_users'
  | 'calls'
  | 'companies'
  | 'customers'
  | 'notifications'
  | 'reviews'
  | 'staff_assignments';

/**
 * A page of `query`, which selects from `table`: its rows that were created in the range and come after the
 * position, newest first.
 */
export async function listPage<Table extends keyof Database, Row extends { id: string }>(
  query: SelectQueryBuilder<Database, Table, Row>,
  table: ListedTable & Table,
  range: CreatedRange,
  { limit, after }: PageRequest,
): Promise<Page<Omit<Row & { position: string }, 'position'>>> {
  const rows = await query
    .select(positionOf(`${table}.created_at`).as('position'))
    .where(createdIn(table, range))
    .where(olderThan(table, after))
    .orderBy(sql.ref(`${table}.created_at`), 'desc')
    .orderBy(sql.ref(`${table}.id`), 'desc')
    .limit(limit + 1)
    .execute();
  return cutPage(rows, limit);
}

/** The creation time with all its digits, to be selected as `position`. */
export const positionOf = (column: string): RawBuilder<string> =>
  sql<string>`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Rows of `table` that come after a position; all rows when there is none. */
function olderThan(table: ListedTable, after: Position | null): RawBuilder<boolean> {
  if (!after) return sql<boolean>`true`;
  const [createdAt, id] = [sql.ref(`${table}.created_at`), sql.ref(`${table}.id`)];
  return sql<boolean>`(${createdAt}, ${id}) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`;
}

/** Rows of `table` that were created in the range. */
function createdIn(table: ListedTable, { createdFrom, createdBefore }: CreatedRange): RawBuilder<boolean> {
  const createdAt = sql.ref(`${table}.created_at`);
  const from = createdFrom ? sql`${createdAt} >= ${createdFrom}` : sql`true`;
  const before = createdBefore ? sql`${createdAt} < ${createdBefore}` : sql`true`;
  return sql<boolean>`(${from} AND ${before})`;
}

/** Cuts a page from `limit + 1` rows; the items go without their position. */
export function cutPage<Row extends { id: string; position: string }>(
  rows: Row[],
  limit: number,
): Page<Omit<Row, 'position'>> {
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map(({ position: _, ...item }) => item),
    next: rows.length > limit && last ? { createdAt: last.position, id: last.id } : null,
  };
}
