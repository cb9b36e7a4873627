import { type Kysely, sql } from 'kysely';
import type { Database } from '../tables/database.ts';
import type { SubjectKind } from '../tables/privacy.ts';

/** A record of a person, as its company asks about it. */
export interface Subject {
  kind: SubjectKind;
  id: string;
  companyId: string;
  /** null: the person was erased. */
  personId: string | null;
}

const tableOf = { customer: 'customers', 'call-user': 'call_users' } as const satisfies Record<
  SubjectKind,
  keyof Database
>;

/** Undefined outside `companyId` (null: any). */
export async function findSubject(
  db: Kysely<Database>,
  kind: SubjectKind,
  companyId: string | null,
  id: string,
): Promise<Subject | undefined> {
  const { rows } = await sql<Subject>`
    SELECT ${kind} AS kind, id, company_id AS "companyId", person_id AS "personId"
    FROM ${sql.table(tableOf[kind])}
    WHERE id = ${id} AND (${companyId}::uuid IS NULL OR company_id = ${companyId})`.execute(db);
  return rows[0];
}

/** Whose language a page is in, and for which company; also of a person who was erased. */
export async function findReader(
  db: Kysely<Database>,
  { subject, subjectId }: { subject: SubjectKind; subjectId: string },
): Promise<{ locale: string; companyName: string } | null> {
  const { rows } = await sql<{ locale: string; companyName: string }>`
    SELECT t.locale, c.name AS "companyName" FROM ${sql.table(tableOf[subject])} t JOIN companies c ON c.id = t.company_id
    WHERE t.id = ${subjectId}`.execute(db);
  return rows[0] ?? null;
}

/** Keeps holds and erasures of a person from passing each other until the transaction ends. False: erased. */
export async function lockPerson(trx: Kysely<Database>, personId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('person_keys')
    .where('id', '=', personId)
    .select('id')
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether an erasure of the person has passed the point of no return. */
export async function isBeingErased(db: Kysely<Database>, personId: string): Promise<boolean> {
  const row = await db
    .selectFrom('erasures')
    .where('person_id', '=', personId)
    .where('status', '=', 'erasing')
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}
