import { type Kysely, sql } from 'kysely';

/** Staff put on event types of the calendar, or taken off them, many at once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE staff_assignments (
      id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      undo_of uuid UNIQUE REFERENCES staff_assignments ON DELETE CASCADE,
      status text NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'finished', 'cancelled', 'key-refused', 'not-connected')),
      exact_event_types integer[] NOT NULL DEFAULT '{}',
      cancel_requested_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz
    );
    COMMENT ON COLUMN staff_assignments.exact_event_types IS
      'of the staff nobody hosts these but those whom the batch names; who else does is listed when they are read';
    CREATE INDEX staff_assignments_by_company ON staff_assignments (company_id, created_at DESC, id DESC);
    CREATE INDEX staff_assignments_ended ON staff_assignments (ended_at);

    CREATE TABLE staff_assignment_items (
      batch_id uuid NOT NULL REFERENCES staff_assignments ON DELETE CASCADE,
      position integer NOT NULL,
      staff_id uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
      user_id integer NOT NULL,
      event_type_id integer NOT NULL,
      action text NOT NULL CHECK (action IN ('assign', 'remove')),
      status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'done', 'unchanged', 'skipped', 'failed', 'cancelled')),
      reason text,
      host jsonb,
      write_id uuid,
      settled_at timestamptz,
      PRIMARY KEY (batch_id, position),
      UNIQUE (batch_id, event_type_id, staff_id)
    );
    COMMENT ON COLUMN staff_assignment_items.position IS 'an undo has the position of what it undoes';
    COMMENT ON COLUMN staff_assignment_items.user_id IS 'of the calendar';
    COMMENT ON COLUMN staff_assignment_items.host IS
      'as the calendar had it: after an assignment, before a removal; by it an undo knows what others changed';
    CREATE INDEX staff_assignment_items_pending ON staff_assignment_items (batch_id, event_type_id)
      WHERE status = 'pending';
    CREATE INDEX staff_assignment_items_by_host ON staff_assignment_items (event_type_id, user_id);
    CREATE INDEX staff_assignment_items_by_write ON staff_assignment_items (write_id) WHERE write_id IS NOT NULL;

    CREATE TABLE host_writes (
      id uuid PRIMARY KEY,
      company_id uuid NOT NULL REFERENCES companies ON DELETE CASCADE,
      event_type_id integer NOT NULL,
      batch_id uuid NOT NULL REFERENCES staff_assignments ON DELETE CASCADE,
      changes jsonb,
      held_until timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      closed_at timestamptz
    );
    COMMENT ON TABLE host_writes IS
      'the calendar takes the hosts of an event type as a whole: one reads, changes and writes them at a time';
    COMMENT ON COLUMN host_writes.changes IS 'null: nothing was written under it';
    CREATE UNIQUE INDEX host_writes_open ON host_writes (company_id, event_type_id) WHERE closed_at IS NULL;
    CREATE INDEX host_writes_by_batch ON host_writes (batch_id);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE host_writes, staff_assignment_items, staff_assignments`.execute(db);
}
