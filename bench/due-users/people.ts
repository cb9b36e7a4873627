import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { replanUser } from '../../db/daily-calls/users.ts';
import { fillInCompany } from '../../db/seed/fill-in.ts';
import type { Database } from '../../db/tables/database.ts';
import type { Vault } from '../../platform/vault.ts';
import type { LegalHours } from '../../shared/daily-calls/preferences.ts';

export const ALL_DAY: LegalHours = { from: '00:00', to: '24:00' };

const COMPANIES = 20;

/** Companies that may all call as much as they like. */
export async function fillInCompanies(db: Kysely<Database>, vault: Vault): Promise<string[]> {
  for (let index = 0; index < COMPANIES; index += 1) {
    await fillInCompany(
      db,
      vault,
      {
        slug: `bench-${index}`,
        name: `Bench ${index}`,
        timeZone: 'Europe/Berlin',
        locale: 'en-GB',
        country: 'DE',
        currency: 'EUR',
        contactEmail: `desk@bench-${index}.example`,
        smsEnabled: false,
        line: { numberE164: `+4930901${String(index).padStart(4, '0')}`, agentId: `agent_bench_${index}` },
        calcomKey: `cal_live_bench_${index}`,
        staff: [],
        services: [],
      },
      { callsAtOnce: 1_000 },
    );
  }
  const rows = await db.selectFrom('companies').select('id').execute();
  return rows.map(({ id }) => id);
}

/**
 * A million users in all zones of the world, each with a next call tomorrow. Nobody calls them: they share one key,
 * and what is sealed elsewhere is filled with as many bytes.
 */
export async function fillInCrowd(db: Kysely<Database>, companies: string[], users: number): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM pg_timezone_names WHERE name = ANY(${Intl.supportedValuesOf('timeZone')})`.execute(db);
  const zones = rows.map(({ name }) => name);
  const person = await db
    .insertInto('person_keys')
    .values({ wrapped_key: Buffer.alloc(61) })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`
    INSERT INTO call_users (company_id, person_id, external_id, name_sealed, phone_sealed, phone_index, email_sealed, locale,
      consent_at, call_time, local_tz, window_from, window_to, next_call_at, next_call_date)
    SELECT (${companies}::uuid[])[1 + i % ${companies.length}::integer], ${person.id}, 'u' || i, decode(repeat('ab', 38), 'hex'), decode(repeat('ab', 41), 'hex'),
      sha256(i::text::bytea), decode(repeat('ab', 50), 'hex'), 'en-GB', now(), call_time, zone, '00:00', '24:00',
      (tomorrow + call_time::time) AT TIME ZONE zone, tomorrow
    FROM generate_series(1, ${users}::integer) i,
      LATERAL (SELECT (${zones}::text[])[1 + (i * 7919::bigint) % ${zones.length}::integer] AS zone,
        to_char(make_time((8 + i % 12)::integer, ((i * 104729::bigint) % 60)::integer, 0), 'HH24:MI') AS call_time) wish,
      LATERAL (SELECT (now() AT TIME ZONE zone)::date + 1 AS tomorrow) day`.execute(db);
  await sql`VACUUM (ANALYZE) call_users`.execute(db);
}

/** Users who can really be called, planned for one whole minute by the product's own plan. */
export async function fillInDue(
  db: Kysely<Database>,
  vault: Vault,
  companies: string[],
  due: { at: Date; users: number; firstNumber: number },
): Promise<string[]> {
  const phones: string[] = [];
  for (let index = 0; index < due.users; index += 1) {
    const phone = `+49151${String(10_000_000 + due.firstNumber + index)}`;
    phones.push(phone);
    const { wrapped, key } = vault.newPersonKey();
    const person = await db
      .insertInto('person_keys')
      .values({ wrapped_key: wrapped })
      .returning('id')
      .executeTakeFirstOrThrow();
    const id = randomUUID();
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('call_users')
        .values({
          id,
          company_id: companies[index % companies.length]!,
          person_id: person.id,
          name_sealed: key.seal('call_users.name', 'Mia Sommer'),
          phone_sealed: key.seal('call_users.phone', phone),
          phone_index: vault.blindIndex('do-not-call', phone),
          locale: 'en-GB',
          consent_at: new Date(),
          call_time: due.at.toISOString().slice(11, 16),
          local_tz: 'Etc/UTC',
          window_from: '00:00',
          window_to: '24:00',
          retry_delays: '{}',
        })
        .execute();
      await replanUser(trx, id, new Date(due.at.getTime() - 1), ALL_DAY);
    });
  }
  return phones;
}
