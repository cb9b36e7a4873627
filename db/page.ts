import { type RawBuilder, sql } from 'kysely';

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

/** The creation time with all its digits, to be selected as `position`. */
export const positionOf = (column: string): RawBuilder<string> =>
  sql<string>`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Rows of `table` that come after a position; all rows when there is none. */
export function olderThan(table: string, after: Position | null): RawBuilder<boolean> {
  if (!after) return sql<boolean>`true`;
  const [createdAt, id] = [sql.ref(`${table}.created_at`), sql.ref(`${table}.id`)];
  return sql<boolean>`(${createdAt}, ${id}) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`;
}

/** Rows of `table` that were created in the range. */
export function createdIn(table: string, { createdFrom, createdBefore }: CreatedRange): RawBuilder<boolean> {
  const createdAt = sql.ref(`${table}.created_at`);
  const from = createdFrom ? sql`${createdAt} >= ${createdFrom}` : sql`true`;
  const before = createdBefore ? sql`${createdAt} < ${createdBefore}` : sql`true`;
  return sql<boolean>`(${from} AND ${before})`;
}

/** Cuts a page from `limit + 1` rows. */
export function cutPage<T extends { id: string; position: string }>(rows: T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? { createdAt: last.position, id: last.id } : null };
}
