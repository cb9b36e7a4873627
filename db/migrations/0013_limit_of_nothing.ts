import { type Kysely, sql } from 'kysely';

/** A limit of 0 lets nothing through; who asks is told to ask again when the limit may have been raised. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER FUNCTION take_permit(text, integer, interval, interval, interval, text) RENAME TO take_permit_of_some;

    CREATE FUNCTION take_permit(
      p_key text, p_permits integer, p_window interval, p_grace interval, p_pad interval, p_holder text,
      OUT granted boolean, OUT at timestamptz, OUT wait_ms double precision
    ) LANGUAGE plpgsql AS $$
    BEGIN
      IF p_permits < 1 THEN
        granted := false;
        at := clock_timestamp() + p_window;
        wait_ms := extract(epoch FROM p_window) * 1000;
      ELSE
        SELECT t.granted, t.at, t.wait_ms INTO granted, at, wait_ms
          FROM take_permit_of_some(p_key, p_permits, p_window, p_grace, p_pad, p_holder) t;
      END IF;
    END $$;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP FUNCTION take_permit(text, integer, interval, interval, interval, text);
    ALTER FUNCTION take_permit_of_some(text, integer, interval, interval, interval, text) RENAME TO take_permit;
  `.execute(db);
}
