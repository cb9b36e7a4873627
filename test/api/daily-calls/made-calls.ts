import { randomUUID } from 'node:crypto';
import type { Insertable } from 'kysely';
import type { CallAttemptsTable } from '../../../db/tables/daily-calls.ts';
import type { CallEnding } from '../../../shared/daily-calls/vocabulary.ts';
import type { TestApi, TestCompany } from '../support.ts';

type Made = Pick<Insertable<CallAttemptsTable>, 'status' | 'dialled_at' | 'duration_ms'> &
  Partial<Insertable<CallAttemptsTable>>;

export async function addCallUser(
  { db }: TestApi,
  company: TestCompany,
  zone = 'Europe/Berlin',
): Promise<string> {
  const { id: personId } = await db
    .insertInto('person_keys')
    .values({ wrapped_key: Buffer.alloc(0) })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('call_users')
    .values({
      company_id: company.id,
      person_id: personId,
      locale: 'en',
      call_time: '18:00',
      local_tz: zone,
      retry_delays: '{}',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A local day of a user with its attempts in order; `outcome` null: it is not over. */
export async function addDay(
  { db }: TestApi,
  company: TestCompany,
  day: { userId: string; date: string; zone?: string; outcome: CallEnding | null },
  attempts: Made[],
): Promise<void> {
  const key = { user_id: day.userId, local_date: day.date, company_id: company.id };
  await db
    .insertInto('daily_calls')
    .values({
      ...key,
      local_tz: day.zone ?? 'Europe/Berlin',
      due_at: new Date(),
      status: day.outcome ? 'ended' : 'open',
      outcome: day.outcome,
    })
    .execute();
  await db
    .insertInto('call_attempts')
    .values(
      attempts.map((attempt, index) => ({
        provider: 'callkaro' as const,
        provider_call_id: randomUUID(),
        planned_for: new Date(),
        ...key,
        number: index + 1,
        ...attempt,
      })),
    )
    .execute();
}

export async function addScript(
  { db }: TestApi,
  company: TestCompany,
  slug: string,
  variants: Record<string, number>,
): Promise<{ id: string; variants: Record<string, string> }> {
  const { id } = await db
    .insertInto('agent_scripts')
    .values({ company_id: company.id, slug, name: slug, questions: '[]' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const rows = await db
    .insertInto('script_variants')
    .values(
      Object.entries(variants).map(([name, weight]) => ({ script_id: id, name, weight, agent_refs: '{}' })),
    )
    .returning(['id', 'name'])
    .execute();
  return { id, variants: Object.fromEntries(rows.map((row) => [row.name, row.id])) };
}
