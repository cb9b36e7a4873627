import { type Kysely, sql } from 'kysely';
import type { Alongside } from '../effects.ts';
import type { Database } from '../tables/database.ts';
import type { ExportDelivery } from '../tables/privacy.ts';
import type { Subject } from './subjects.ts';

export const CODE_TRIES = 5;
const LIFE_DAYS = 7;
/** Who has fetched for so long and not said that it went wrong is gone. */
const DOWNLOAD_LEASE = sql`interval '1 hour'`;

/** Files a request; undefined: one is under way. */
export function fileExport(
  trx: Kysely<Database>,
  { kind, id: subjectId, companyId }: Subject,
  personId: string,
  { id, codeHash, by }: { id: string; codeHash: Buffer; by: string },
) {
  return trx
    .insertInto('gdpr_exports')
    .values({
      id,
      company_id: companyId,
      person_id: personId,
      subject: kind,
      subject_id: subjectId,
      requested_by: by,
      delivery: null,
      contents: null,
      failure: null,
      file_key: null,
      bytes: null,
      code_hash: codeHash,
      tries_left: CODE_TRIES,
      opened_at: null,
      expires_at: sql<Date>`now() + ${sql.lit(`${LIFE_DAYS} days`)}::interval`,
      finished_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'expires_at as expiresAt'])
    .executeTakeFirst();
}

export function findExportUnderWay(db: Kysely<Database>, personId: string) {
  return db
    .selectFrom('gdpr_exports')
    .where('person_id', '=', personId)
    .where('status', 'in', ['accepted', 'building'])
    .select('id')
    .executeTakeFirst();
}

/** One request; undefined outside `companyId` (null: any). */
export function findExport(db: Kysely<Database>, companyId: string | null, id: string) {
  return db
    .selectFrom('gdpr_exports')
    .innerJoin('companies', 'companies.id', 'gdpr_exports.company_id')
    .where('gdpr_exports.id', '=', id)
    .$if(companyId !== null, (query) => query.where('gdpr_exports.company_id', '=', companyId as string))
    .select([
      'gdpr_exports.id',
      'gdpr_exports.company_id as companyId',
      'companies.slug as company',
      'subject',
      'subject_id as subjectId',
      'requested_by as requestedBy',
      'status',
      'delivery',
      'progress',
      'contents',
      'failure',
      'bytes',
      'tries_left as triesLeft',
      'expires_at as expiresAt',
      'gdpr_exports.created_at as createdAt',
      'finished_at as finishedAt',
    ])
    .executeTakeFirst();
}

export function readExport(db: Kysely<Database>, id: string) {
  return db.selectFrom('gdpr_exports').where('id', '=', id).selectAll().executeTakeFirstOrThrow();
}

/** A new code in place of the former, which opens nothing any more. False: there is nothing (left) to open. */
export async function renewCode(trx: Kysely<Database>, id: string, codeHash: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('gdpr_exports')
    .set({ code_hash: codeHash, tries_left: CODE_TRIES })
    .where('id', '=', id)
    .where('status', 'in', ['accepted', 'building', 'ready'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function noteProgress(db: Kysely<Database>, id: string, progress: number): Promise<void> {
  await db
    .updateTable('gdpr_exports')
    .set({ status: 'building', progress })
    .where('id', '=', id)
    .where('status', 'in', ['accepted', 'building'])
    .execute();
}

/** The file stands. False: the person was erased meanwhile, and it must not. */
export async function noteBuilt(
  db: Kysely<Database>,
  id: string,
  { key, bytes, contents }: { key: string; bytes: number; contents: Record<string, number> },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('gdpr_exports')
    .set({
      status: 'ready',
      progress: 100,
      file_key: key,
      bytes,
      contents: JSON.stringify(contents),
      expires_at: sql<Date>`now() + ${sql.lit(`${LIFE_DAYS} days`)}::interval`,
    })
    .where('id', '=', id)
    .where('status', 'in', ['accepted', 'building'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends a request whose file is gone, or never was. */
export async function endExport(
  db: Kysely<Database>,
  id: string,
  status: 'failed' | 'downloaded' | 'expired',
  failure: string | null = null,
): Promise<void> {
  await db
    .updateTable('gdpr_exports')
    .set({ status, failure, file_key: null, finished_at: new Date() })
    .where('id', '=', id)
    .where('status', 'in', ['accepted', 'building', 'ready'])
    .execute();
}

export async function noteDelivery(
  db: Kysely<Database>,
  id: string,
  delivery: ExportDelivery,
): Promise<void> {
  await db.updateTable('gdpr_exports').set({ delivery }).where('id', '=', id).execute();
}

/** The link was mailed; alongside the effect that mailed it. */
export const linkSent = (id: string): Alongside => sql`
  sent AS (UPDATE gdpr_exports SET delivery = 'sent' WHERE id = ${id})`;

export interface Claim {
  /** The code was right: the one download is the caller's. */
  opened: boolean;
  triesLeft: number;
  fileKey: string | null;
}

/** Takes the one download, or one of the tries. Undefined: it cannot be fetched now. */
export async function claimDownload(
  db: Kysely<Database>,
  id: string,
  codeHash: Buffer,
  now: Date,
): Promise<Claim | undefined> {
  const { rows } = await sql<Claim>`
    UPDATE gdpr_exports SET
      opened_at = CASE WHEN code_hash = ${codeHash} THEN ${now} ELSE opened_at END,
      tries_left = tries_left - CASE WHEN code_hash = ${codeHash} THEN 0 ELSE 1 END
    WHERE id = ${id} AND status = 'ready' AND tries_left > 0 AND expires_at > ${now}
      AND (opened_at IS NULL OR opened_at < ${now}::timestamptz - ${DOWNLOAD_LEASE})
    RETURNING code_hash = ${codeHash} AS opened, tries_left AS "triesLeft", file_key AS "fileKey"`.execute(
    db,
  );
  return rows[0];
}

/** A download that broke off may be begun again. */
export async function giveDownloadBack(db: Kysely<Database>, id: string): Promise<void> {
  await db.updateTable('gdpr_exports').set({ opened_at: null }).where('id', '=', id).execute();
}
