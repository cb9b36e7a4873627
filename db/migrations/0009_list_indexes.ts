import { type Kysely, sql } from 'kysely';

/** The order of lists over all companies, which an operator sees; those of one company have theirs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE INDEX customers_by_creation ON customers (created_at DESC, id DESC);
    CREATE INDEX calls_by_creation ON calls (created_at DESC, id DESC);
    CREATE INDEX appointments_by_creation ON appointments (created_at DESC, id DESC);
    CREATE INDEX notifications_by_creation ON notifications (created_at DESC, id DESC);
    CREATE INDEX reviews_by_creation ON reviews (created_at DESC, id DESC);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP INDEX reviews_by_creation, notifications_by_creation, appointments_by_creation, calls_by_creation,
      customers_by_creation;
  `.execute(db);
}
