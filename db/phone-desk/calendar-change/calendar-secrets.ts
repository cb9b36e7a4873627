import { type Kysely, sql } from 'kysely';
import type { Database } from '../../tables/database.ts';

/** How long events under the secret before are still taken. */
const OLD_SECRET_MS = 24 * 60 * 60_000;

/** The sealed secrets with which a company's calendar may sign now, the newest first; undefined: no such company. */
export async function readCalendarSecrets(
  db: Kysely<Database>,
  slug: string,
): Promise<{ companyId: string; sealed: Buffer[] } | undefined> {
  const row = await db
    .selectFrom('companies')
    .where('slug', '=', slug)
    .select(['id', 'calcom_webhook_secret_sealed'])
    .select(
      sql<Buffer | null>`CASE WHEN calcom_webhook_secret_changed_at > now() - ${OLD_SECRET_MS} * interval '1 ms'
        THEN calcom_webhook_secret_before_sealed END`.as('before'),
    )
    .executeTakeFirst();
  if (!row) return undefined;
  const sealed = [row.calcom_webhook_secret_sealed, row.before].filter((each) => each !== null);
  return { companyId: row.id, sealed };
}

/** A new secret; the one before is still taken for a day. Returns when it was changed. */
export async function setCalendarSecret(
  trx: Kysely<Database>,
  companyId: string,
  sealed: Buffer,
): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`
    UPDATE companies SET calcom_webhook_secret_before_sealed = calcom_webhook_secret_sealed,
      calcom_webhook_secret_sealed = ${sealed}, calcom_webhook_secret_changed_at = now()
    WHERE id = ${companyId} RETURNING calcom_webhook_secret_changed_at AS at`.execute(trx);
  return rows[0]!.at;
}

/** Whether a company has a secret, and since when; never the secret. */
export function calendarSecretState(db: Kysely<Database>, companyId: string) {
  return db
    .selectFrom('companies')
    .where('id', '=', companyId)
    .select([
      sql<boolean>`calcom_webhook_secret_sealed IS NOT NULL`.as('isSet'),
      sql<boolean>`calcom_webhook_id IS NOT NULL`.as('subscribed'),
    ])
    .select('calcom_webhook_secret_changed_at as changedAt')
    .executeTakeFirstOrThrow();
}
