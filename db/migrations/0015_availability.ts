import { type Kysely, sql } from 'kysely';

/**
 * What the calendar has said to be free, day by day. Whatever changes an appointment of a staff member raises that
 * member's generation; what was asked under an older one is not used any more, nor kept by who asked before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE availability_generations (
      staff_id uuid PRIMARY KEY REFERENCES staff ON DELETE CASCADE,
      generation bigint NOT NULL
    );

    CREATE TABLE availability_cache (
      staff_id uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
      event_type_id integer NOT NULL,
      local_day date NOT NULL,
      starts timestamptz[] NOT NULL,
      generation bigint NOT NULL,
      computed_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (staff_id, event_type_id, local_day)
    );
    CREATE INDEX availability_cache_by_expiry ON availability_cache (expires_at);

    CREATE TABLE availability_use (
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      day date NOT NULL,
      hits integer NOT NULL DEFAULT 0,
      misses integer NOT NULL DEFAULT 0,
      PRIMARY KEY (company_id, day)
    );

    CREATE TABLE cache_warmings (
      company_id uuid PRIMARY KEY REFERENCES companies ON DELETE CASCADE,
      local_day date NOT NULL
    );

    CREATE FUNCTION raise_availability_generation(p_staff uuid[]) RETURNS void LANGUAGE sql AS $$
      INSERT INTO availability_generations AS g (staff_id, generation)
        SELECT id, 1 FROM unnest(p_staff) AS id WHERE id IS NOT NULL ORDER BY id
        ON CONFLICT (staff_id) DO UPDATE SET generation = g.generation + 1
    $$;

    CREATE FUNCTION drop_availability_of_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND OLD.staff_id <> NEW.staff_id THEN
        PERFORM raise_availability_generation(ARRAY[OLD.staff_id, NEW.staff_id]);
      ELSE
        PERFORM raise_availability_generation(ARRAY[coalesce(NEW.staff_id, OLD.staff_id)]);
      END IF;
      RETURN NULL;
    END $$;

    CREATE TRIGGER appointment_comes_or_goes AFTER INSERT OR DELETE ON appointments
      FOR EACH ROW EXECUTE FUNCTION drop_availability_of_appointment();
    CREATE TRIGGER appointment_changes AFTER UPDATE OF status, blocked, staff_id ON appointments
      FOR EACH ROW WHEN ((OLD.status, OLD.blocked, OLD.staff_id) IS DISTINCT FROM (NEW.status, NEW.blocked, NEW.staff_id))
      EXECUTE FUNCTION drop_availability_of_appointment();
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP TRIGGER appointment_changes ON appointments;
    DROP TRIGGER appointment_comes_or_goes ON appointments;
    DROP FUNCTION drop_availability_of_appointment();
    DROP FUNCTION raise_availability_generation(uuid[]);
    DROP TABLE cache_warmings, availability_use, availability_cache, availability_generations;
  `.execute(db);
}
