import type { ColumnType, JSONColumnType } from 'kysely';

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

/** May be left out, too. */
export type NullableTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export type CreatedAt = ColumnType<Date, Date | string | undefined, never>;

export type UpdatedAt = ColumnType<Date, Date | string | undefined, Date | string>;

export type Json<T> = JSONColumnType<T & object>;

export type Sealed = Buffer;
