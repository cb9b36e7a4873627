import type { Kysely } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import { type CreatedRange, listPage, type Page, type PageRequest } from '../page.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';
import { smsOptedOutAt } from './sms-opt-outs.ts';
import { stopOfNewDay } from './stop.ts';
import { phoneIndex } from './user-values.ts';
import { preferencesOf } from './users.ts';

export interface CallUserFilter extends CreatedRange {
  /** null: every company. */
  companyId: string | null;
  externalId?: string | undefined;
  /** E.164. */
  phone?: string | undefined;
  script?: string | undefined;
  paused?: boolean | undefined;
  callEnabled?: boolean | undefined;
  deleted?: boolean | undefined;
}

function usersWithKeys(db: Kysely<Database>, companyId: string | null) {
  return db
    .selectFrom('call_users')
    .innerJoin('companies', 'companies.id', 'call_users.company_id')
    .leftJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .leftJoin('agent_scripts', 'agent_scripts.id', 'call_users.script_id')
    .selectAll('call_users')
    .select([
      'companies.slug as company',
      'agent_scripts.slug as script',
      'person_keys.wrapped_key',
      stopOfNewDay.as('stopped'),
      smsOptedOutAt.as('sms_opted_out_at'),
    ])
    .$if(companyId !== null, (query) => query.where('call_users.company_id', '=', companyId as string));
}

type Row = Awaited<ReturnType<ReturnType<typeof usersWithKeys>['executeTakeFirstOrThrow']>>;

function present(row: Row, vault: Vault) {
  const open = openerOf(vault, row.wrapped_key);
  return {
    id: row.id,
    company: row.company,
    externalId: row.external_id,
    name: open('call_users.name', row.name_sealed),
    phone: open('call_users.phone', row.phone_sealed),
    email: open('call_users.email', row.email_sealed),
    locale: row.locale,
    consentAt: row.consent_at,
    ...preferencesOf(row),
    provider: row.provider,
    script: row.script,
    notifyChannels: row.notify_channels,
    smsOptedOutAt: row.sms_opted_out_at,
    paused: row.paused,
    stopped: row.stopped,
    nextCallAt: row.next_call_at,
    nextCallDate: row.next_call_date,
    planProblem: row.plan_problem,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
  };
}

export type CallUserView = ReturnType<typeof present>;

/** Users with their opened columns, newest first; deleted ones only when asked for. */
export async function listCallUsers(
  db: Kysely<Database>,
  vault: Vault,
  filter: CallUserFilter,
  page: PageRequest,
): Promise<Page<CallUserView>> {
  const matching = usersWithKeys(db, filter.companyId)
    .where('call_users.deleted_at', filter.deleted ? 'is not' : 'is', null)
    .where((eb) =>
      eb.and({
        ...(filter.externalId === undefined ? {} : { 'call_users.external_id': filter.externalId }),
        ...(filter.phone === undefined ? {} : { 'call_users.phone_index': phoneIndex(vault, filter.phone) }),
        ...(filter.script === undefined ? {} : { 'agent_scripts.slug': filter.script }),
        ...(filter.paused === undefined ? {} : { 'call_users.paused': filter.paused }),
        ...(filter.callEnabled === undefined ? {} : { 'call_users.call_enabled': filter.callEnabled }),
      }),
    );
  const { items, next } = await listPage(matching, 'call_users', filter, page);
  return { next, items: items.map((row) => present(row, vault)) };
}

/** One user, also a deleted one; undefined outside `companyId` (null: any). */
export async function findCallUser(
  db: Kysely<Database>,
  vault: Vault,
  companyId: string | null,
  id: string,
): Promise<CallUserView | undefined> {
  const row = await usersWithKeys(db, companyId).where('call_users.id', '=', id).executeTakeFirst();
  return row && present(row, vault);
}
