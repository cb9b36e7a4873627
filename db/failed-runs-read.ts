import { type Kysely, sql } from 'kysely';
import type { Database } from './tables/database.ts';

export interface FailureOfRun {
  workflowId: string;
  at: Date;
  error: string;
}

/** The newest failed run whose workflow id begins with `<prefix>-`, the form in which a schedule names its runs. */
export async function newestFailureOf(
  db: Kysely<Database>,
  workflowType: string,
  prefix: string,
): Promise<FailureOfRun | null> {
  const row = await db
    .selectFrom('failed_runs')
    .select(['workflow_id as workflowId', 'created_at as at', 'first_error as error'])
    .where('workflow_type', '=', workflowType)
    .where(sql<boolean>`starts_with(workflow_id, ${`${prefix}-`})`)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
