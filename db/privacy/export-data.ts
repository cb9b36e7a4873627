import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import { phoneIndex } from '../daily-calls/user-values.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';
import { erasurePlaces } from './erasure-places.ts';
import { readScope } from './erasure-scope.ts';
import { phonesOf } from './erasures.ts';
import { exportedTables } from './export-tables.ts';
import { senderOf } from './senders.ts';

export type ExportedRow = Record<string, unknown>;

/** Everything that is kept of a person, opened, by section. */
export interface ExportData {
  companyName: string;
  /** Of the person, for what is written to them. */
  locale: string;
  timeZone: string;
  name: string | null;
  email: string | null;
  sections: Record<string, ExportedRow[]>;
  recordings: { callId: string; key: string; contentType: string | null }[];
}

/** Undefined: the person was erased. */
export async function readExportData(
  db: Kysely<Database>,
  vault: Vault,
  { company_id, person_id }: { company_id: string; person_id: string },
): Promise<ExportData | undefined> {
  const person = await db
    .selectFrom('person_keys')
    .where('id', '=', person_id)
    .select('wrapped_key')
    .executeTakeFirst();
  if (!person) return undefined;
  const idsOf = async (table: 'customers' | 'call_users') =>
    (await db.selectFrom(table).where('person_id', '=', person_id).select('id').execute()).map(
      ({ id }) => id,
    );
  const scope = await readScope(db, {
    company_id,
    person_id,
    customer_ids: await idsOf('customers'),
    user_ids: await idsOf('call_users'),
    senders: (await phonesOf(db, vault, [person_id])).map((phone) => senderOf(vault, phone)),
    begun_at: null,
  });
  const names = await namesOf(db, company_id);
  const open = openerOf(vault, person.wrapped_key);

  const sections: Record<string, ExportedRow[]> = {};
  const recordings: ExportData['recordings'] = [];
  for (const [table, { section, without }] of exportedTables) {
    const place = erasurePlaces.find((one) => one.table === table)!;
    const { rows } = await sql<ExportedRow>`
      SELECT * FROM ${sql.table(table)} WHERE ${place.rows(scope)}`.execute(db);
    for (const row of rows) {
      if (table === 'calls' && row.recording_key)
        recordings.push({
          callId: String(row.id),
          key: String(row.recording_key),
          contentType: row.recording_type as string | null,
        });
    }
    sections[section] = rows.map((row) =>
      present(row, without, (column, sealed) =>
        table === 'inbox_events'
          ? opened(sealed.length === 0 ? null : vault.open('inbox', sealed).toString())
          : opened(open(`${table}.${column}`, sealed)),
      ),
    );
    for (const row of sections[section]!) Object.assign(row, nameIds(row, names));
  }
  const [who] = [...(sections.customer ?? []), ...(sections.dailyCallUser ?? [])];
  sections.doNotCall = await doNotCallOf(db, vault, who?.phone);
  sections.noSms = await noSmsOf(db, vault, company_id, who?.phone);
  const company = await db
    .selectFrom('companies')
    .where('id', '=', company_id)
    .select(['name', 'time_zone', 'locale'])
    .executeTakeFirstOrThrow();
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    companyName: company.name,
    locale: textOf(who?.locale) ?? company.locale,
    timeZone: textOf(who?.timeZone) ?? textOf(who?.localTz) ?? company.time_zone,
    name: textOf(who?.name),
    email: textOf(who?.email),
    sections,
    recordings,
  };
}

const camel = (column: string) => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function present(
  row: ExportedRow,
  without: readonly string[],
  open: (column: string, sealed: Buffer) => unknown,
): ExportedRow {
  const shown: ExportedRow = {};
  for (const [column, value] of Object.entries(row)) {
    if (without.includes(column) || column.endsWith('_index')) continue;
    const sealed = /^(.*)_sealed$/.exec(column)?.[1];
    if (sealed === undefined) shown[camel(column)] = value;
    else shown[camel(sealed)] = Buffer.isBuffer(value) ? open(sealed, value) : null;
  }
  return shown;
}

/** JSON as JSON. */
function opened(text: string | null): unknown {
  if (text === null || !/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

async function namesOf(db: Kysely<Database>, companyId: string): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT id, name FROM services WHERE company_id = ${companyId}
    UNION ALL SELECT id, name FROM staff WHERE company_id = ${companyId}`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What a service or a staff member is called, beside the id. */
const nameIds = (row: ExportedRow, names: Map<string, string>): ExportedRow => ({
  ...(row.serviceId ? { service: names.get(String(row.serviceId)) ?? null } : {}),
  ...(row.staffId ? { staff: names.get(String(row.staffId)) ?? null } : {}),
});

async function doNotCallOf(db: Kysely<Database>, vault: Vault, phone: unknown): Promise<ExportedRow[]> {
  if (typeof phone !== 'string') return [];
  return db
    .selectFrom('do_not_call')
    .where('phone_index', '=', phoneIndex(vault, phone))
    .select(['reason', 'created_at as createdAt'])
    .execute();
}

async function noSmsOf(
  db: Kysely<Database>,
  vault: Vault,
  companyId: string,
  phone: unknown,
): Promise<ExportedRow[]> {
  if (typeof phone !== 'string') return [];
  return db
    .selectFrom('sms_opt_outs')
    .where('phone_index', '=', phoneIndex(vault, phone))
    .where('company_id', '=', companyId)
    .select(['source', 'created_at as createdAt'])
    .execute();
}
