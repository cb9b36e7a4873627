import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { PersonKey, Vault } from '../../platform/vault.ts';
import { nextCall } from '../../shared/daily-calls/plan.ts';
import type { LegalHours } from '../../shared/daily-calls/preferences.ts';
import type { Database } from '../tables/database.ts';
import { openDaysOf } from './open-days.ts';
import { type CallUserValues, changedFields, columnsOf, movesPlan, readValues } from './user-values.ts';
import { type CallUserRow, replanUser } from './users.ts';

/** Not of a person who was erased: such a user is gone for good. */
export type CallUserWithKey = CallUserRow & { person_id: string; wrapped_key: Buffer };

/** By when and by which law a change is planned. */
export interface PlanAt {
  now: Date;
  legal: LegalHours;
}

const usersWithKeys = (trx: Kysely<Database>) =>
  trx
    .selectFrom('call_users')
    .innerJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .selectAll('call_users')
    .select(['person_keys.id as person_id', 'person_keys.wrapped_key'])
    .forUpdate('call_users');

/** One user, kept from other changes until the transaction ends; undefined outside `companyId` (null: any). */
export function lockCallUser(
  trx: Kysely<Database>,
  companyId: string | null,
  id: string,
): Promise<CallUserWithKey | undefined> {
  return usersWithKeys(trx)
    .where('call_users.id', '=', id)
    .$if(companyId !== null, (query) => query.where('call_users.company_id', '=', companyId as string))
    .executeTakeFirst();
}

/** Users by the company's own ids, locked in one order so that two imports wait for each other one way only. */
export function lockByExternalIds(
  trx: Kysely<Database>,
  companyId: string,
  externalIds: string[],
): Promise<CallUserWithKey[]> {
  return usersWithKeys(trx)
    .where('call_users.company_id', '=', companyId)
    .where('call_users.external_id', 'in', externalIds)
    .orderBy('call_users.external_id')
    .execute();
}

/** Makes users with their plan. One whose external id is taken meanwhile is left out of the answer. */
export async function insertCallUsers(
  trx: Kysely<Database>,
  vault: Vault,
  companyId: string,
  users: CallUserValues[],
  { now, legal }: PlanAt,
): Promise<{ id: string; externalId: string | null }[]> {
  if (users.length === 0) return [];
  const people = users.map(() => ({ id: randomUUID(), ...vault.newPersonKey() }));
  await trx
    .insertInto('person_keys')
    .values(people.map(({ id, wrapped }) => ({ id, wrapped_key: wrapped })))
    .execute();
  const made = await trx
    .insertInto('call_users')
    .values(
      users.map((values, index) => {
        const { id: person_id, key } = people[index]!;
        const next = nextCall(values, legal, { after: now, lastDate: null, lastDialledAt: null });
        const plan =
          'none' in next
            ? { next_call_at: null, next_call_date: null, plan_problem: next.none.problem }
            : { next_call_at: next.at, next_call_date: next.localDate, plan_problem: null };
        return { company_id: companyId, person_id, ...columnsOf(vault, key, values), ...plan };
      }),
    )
    .onConflict((conflict) => conflict.columns(['company_id', 'external_id']).doNothing())
    .returning(['id', 'external_id', 'person_id'])
    .execute();
  const kept = new Set(made.map(({ person_id }) => person_id));
  const left = people.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  if (left.length > 0) await trx.deleteFrom('person_keys').where('id', 'in', left).execute();
  return made.map(({ id, external_id }) => ({ id, externalId: external_id }));
}

/**
 * Changes a locked user, brings a deleted one back, and plans anew when the moment of the call may have moved.
 * Returns the fields that changed and the local days whose runs have to be told.
 */
export async function changeCallUser(
  trx: Kysely<Database>,
  vault: Vault,
  user: CallUserWithKey,
  after: CallUserValues,
  { now, legal }: PlanAt,
): Promise<{ changed: (keyof CallUserValues)[]; days: string[] }> {
  const changed = changedFields(readValues(vault, user, user.wrapped_key), after);
  const revived = user.deleted_at !== null;
  if (changed.length === 0 && !revived) return { changed, days: [] };
  const { personId, key } = await personOf(trx, vault, user);
  await trx
    .updateTable('call_users')
    .set({ ...columnsOf(vault, key, after), person_id: personId, deleted_at: null, updated_at: now })
    .where('id', '=', user.id)
    .execute();
  // Planning anew takes back a day that waits for its turn: a new name must not cost today's call.
  if (revived || movesPlan(changed)) return { changed, days: await replanUser(trx, user.id, now, legal) };
  const open = await openDaysOf(trx, { userId: user.id });
  return { changed, days: open.map(({ localDate }) => localDate) };
}

/** The person of a user; a new one when the former was erased, so that there is a key to seal with. */
async function personOf(
  trx: Kysely<Database>,
  vault: Vault,
  user: CallUserWithKey,
): Promise<{ personId: string; key: PersonKey }> {
  if (user.wrapped_key.length > 0)
    return { personId: user.person_id, key: vault.openPersonKey(user.wrapped_key) };
  const { wrapped, key } = vault.newPersonKey();
  const { id } = await trx
    .insertInto('person_keys')
    .values({ wrapped_key: wrapped })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { personId: id, key };
}

/** Takes a locked user out of the calls; returns the local days whose runs have to be told. */
export async function deleteCallUser(
  trx: Kysely<Database>,
  userId: string,
  { now, legal }: PlanAt,
): Promise<string[]> {
  await trx
    .updateTable('call_users')
    .set({ deleted_at: now, updated_at: now })
    .where('id', '=', userId)
    .execute();
  return replanUser(trx, userId, now, legal);
}
