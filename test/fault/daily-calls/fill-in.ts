import { replanUser } from '../../../db/daily-calls/users.ts';
import type { Vault } from '../../../platform/vault.ts';
import { callProviders } from '../../../shared/daily-calls/providers.ts';
import type { FaultStack } from '../fault-stack.ts';
import { answersOf, type DueUser, LEGAL_HOURS } from './due-user.ts';

const BATCH = 200;
const PLANS_AT_ONCE = 4;

/** The agents of the run at the providers, and the settings that name them. */
const agents = {
  CALLKARO_AGENT_ID: 'fa17fa17fa17fa17fa17fa17',
  RETELL_DAILY_AGENT_ID: 'agent_fault_daily',
  VAPI_ASSISTANT_ID: '7d1c8e52-4f0b-4d5a-9a3e-fa17fa17fa17',
};
export const agentSettings: Record<string, string> = agents;

/** Accounts at the providers that report to the API, and how everybody's phone answers. */
export async function fillInProviders({ control, addresses }: FaultStack, users: DueUser[]): Promise<void> {
  const url = (path: string) => `${addresses.apiUrl}/api/webhooks/${path}`;
  const answers = Object.fromEntries(
    callProviders.map((name) => [name, answersOf(users.filter(({ provider }) => provider === name))]),
  );
  const { CALLKARO_AGENT_ID, RETELL_DAILY_AGENT_ID, VAPI_ASSISTANT_ID } = agents;
  await control.seed({
    callkaro: {
      agents: [{ agent_id: CALLKARO_AGENT_ID }],
      webhook_url: url('call'),
      answers: answers.callkaro,
    },
    retell: {
      agents: [{ agent_id: RETELL_DAILY_AGENT_ID, webhook_url: url('retell') }],
      answers: answers.retell,
    },
    vapi: { assistants: [{ id: VAPI_ASSISTANT_ID }], server: { url: url('vapi') }, answers: answers.vapi },
  });
}

/** Writes the users and plans each of them as any change of preferences does, as of `now`. */
export async function fillInUsers({ db, vault }: FaultStack, users: DueUser[], now: Date): Promise<void> {
  const companies = await db.selectFrom('companies').select(['id', 'slug']).execute();
  const idOf = new Map(companies.map(({ id, slug }) => [slug, id]));
  for (let first = 0; first < users.length; first += BATCH) {
    const some = users.slice(first, first + BATCH);
    const keys = some.map(() => vault.newPersonKey());
    const persons = await db
      .insertInto('person_keys')
      .values(keys.map(({ wrapped }) => ({ wrapped_key: wrapped })))
      .returning('id')
      .execute();
    const rows = some.map((user, index) => ({
      ...rowOf(vault, user, keys[index]!.key),
      company_id: idOf.get(user.company.slug)!,
      person_id: persons[index]!.id,
    }));
    await db.insertInto('call_users').values(rows).execute();
  }
  const stopped = users.filter(({ doNotCall }) => doNotCall);
  if (stopped.length > 0) {
    const list = stopped.map(({ phone }) => ({
      phone_index: vault.blindIndex('do-not-call', phone),
      company_id: null,
      reason: 'asked',
    }));
    await db.insertInto('do_not_call').values(list).execute();
  }
  const left = [...users];
  const planOn = async () => {
    for (let user = left.pop(); user; user = left.pop()) {
      const { id } = user;
      await db.transaction().execute((trx) => replanUser(trx, id, now, LEGAL_HOURS));
    }
  };
  await Promise.all(Array.from({ length: PLANS_AT_ONCE }, planOn));
}

function rowOf(vault: Vault, user: DueUser, key: ReturnType<Vault['newPersonKey']>['key']) {
  return {
    id: user.id,
    name_sealed: key.seal('call_users.name', 'Mia Sommer'),
    phone_sealed: key.seal('call_users.phone', user.phone),
    phone_index: vault.blindIndex('do-not-call', user.phone),
    locale: 'en-GB',
    consent_at: user.consent ? new Date() : null,
    call_enabled: user.enabled,
    call_time: user.callTime,
    local_tz: user.zone,
    weekdays: user.weekdays,
    window_from: user.windowFrom,
    window_to: user.windowTo,
    quiet_from: user.quiet?.from ?? null,
    quiet_to: user.quiet?.to ?? null,
    max_attempts: user.maxAttempts,
    retry_delays: JSON.stringify(user.retryDelays),
    provider: user.provider,
  };
}
