import type { Kysely } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { CallProviderName } from '../../shared/daily-calls/providers.ts';
import type { AttemptStatus } from '../../shared/daily-calls/vocabulary.ts';
import type { Database } from '../tables/database.ts';

/** An attempt with what is needed to place its call, opened. */
export interface AttemptToDial {
  id: string;
  userId: string;
  localDate: string;
  companyId: string;
  number: number;
  provider: CallProviderName;
  providerCallId: string | null;
  status: AttemptStatus;
  createdAt: Date;
  /** E.164; null: the number is gone. */
  phone: string | null;
  name: string | null;
  locale: string;
  /** The agent of the attempt's provider that speaks the variant's text; null: no script says. */
  agentRef: string | null;
}

export async function readAttemptToDial(
  db: Kysely<Database>,
  vault: Vault,
  attemptId: string,
): Promise<AttemptToDial | undefined> {
  const row = await db
    .selectFrom('call_attempts')
    .innerJoin('call_users', 'call_users.id', 'call_attempts.user_id')
    .leftJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .leftJoin('script_variants', 'script_variants.id', 'call_attempts.variant_id')
    .where('call_attempts.id', '=', attemptId)
    .select([
      'call_attempts.id',
      'call_attempts.user_id',
      'call_attempts.local_date',
      'call_attempts.company_id',
      'call_attempts.number',
      'call_attempts.provider',
      'call_attempts.provider_call_id',
      'call_attempts.status',
      'call_attempts.created_at',
      'call_users.phone_sealed',
      'call_users.name_sealed',
      'call_users.locale',
      'person_keys.wrapped_key',
      'script_variants.agent_refs',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const key = row.wrapped_key && vault.openPersonKey(row.wrapped_key);
  return {
    id: row.id,
    userId: row.user_id,
    localDate: row.local_date,
    companyId: row.company_id,
    number: row.number,
    provider: row.provider,
    providerCallId: row.provider_call_id,
    status: row.status,
    createdAt: row.created_at,
    phone: key && row.phone_sealed ? key.open('call_users.phone', row.phone_sealed) : null,
    name: key && row.name_sealed ? key.open('call_users.name', row.name_sealed) : null,
    locale: row.locale,
    agentRef: row.agent_refs?.[row.provider] ?? null,
  };
}
