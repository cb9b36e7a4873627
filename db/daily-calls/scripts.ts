import { type Kysely, sql } from 'kysely';
import type { CallProviderName } from '../../shared/daily-calls/providers.ts';
import { type CreatedRange, listPage, type Page, type PageRequest } from '../page.ts';
import type { Database } from '../tables/database.ts';

export interface ScriptVariant {
  name: string;
  weight: number;
  agentRefs: Partial<Record<CallProviderName, string>>;
}

export interface ScriptValues {
  name: string;
  questions: { key: string; question: string }[];
  active: boolean;
}

const scripts = (db: Kysely<Database>, companyId: string | null) =>
  db
    .selectFrom('agent_scripts')
    .innerJoin('companies', 'companies.id', 'agent_scripts.company_id')
    .select([
      'agent_scripts.id',
      'companies.slug as company',
      'agent_scripts.slug',
      'agent_scripts.name',
      'agent_scripts.questions',
      'agent_scripts.active',
      'agent_scripts.created_at as createdAt',
      'agent_scripts.updated_at as updatedAt',
    ])
    .$if(companyId !== null, (query) => query.where('agent_scripts.company_id', '=', companyId as string));

type ScriptRow = Awaited<ReturnType<ReturnType<typeof scripts>['executeTakeFirstOrThrow']>>;
export type ScriptView = ScriptRow & { variants: (ScriptVariant & { id: string })[] };

/** Scripts with their variants, newest first. */
export async function listScripts(
  db: Kysely<Database>,
  filter: CreatedRange & { companyId: string | null },
  page: PageRequest,
): Promise<Page<ScriptView>> {
  const { items, next } = await listPage(scripts(db, filter.companyId), 'agent_scripts', filter, page);
  return { next, items: await withVariants(db, items) };
}

/** One script; undefined outside `companyId` (null: any). */
export async function findScript(
  db: Kysely<Database>,
  companyId: string | null,
  id: string,
): Promise<ScriptView | undefined> {
  const row = await scripts(db, companyId).where('agent_scripts.id', '=', id).executeTakeFirst();
  return row && (await withVariants(db, [row]))[0];
}

async function withVariants(db: Kysely<Database>, rows: ScriptRow[]): Promise<ScriptView[]> {
  if (rows.length === 0) return [];
  const variants = await db
    .selectFrom('script_variants')
    .where(
      'script_id',
      'in',
      rows.map(({ id }) => id),
    )
    .select(['id', 'script_id', 'name', 'weight', 'agent_refs as agentRefs'])
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    ...row,
    variants: variants
      .filter(({ script_id }) => script_id === row.id)
      .map(({ script_id: _, ...variant }) => variant),
  }));
}

/** Makes a script; undefined: the company has one with this slug. */
export async function insertScript(
  trx: Kysely<Database>,
  companyId: string,
  slug: string,
  { name, questions, active }: ScriptValues,
): Promise<string | undefined> {
  const made = await trx
    .insertInto('agent_scripts')
    .values({ company_id: companyId, slug, name, questions: JSON.stringify(questions), active })
    .onConflict((conflict) => conflict.columns(['company_id', 'slug']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return made?.id;
}

export async function updateScript(
  trx: Kysely<Database>,
  id: string,
  { questions, ...rest }: { [K in keyof ScriptValues]?: ScriptValues[K] | undefined },
): Promise<void> {
  await trx
    .updateTable('agent_scripts')
    .set({
      ...(rest.name === undefined ? {} : { name: rest.name }),
      ...(rest.active === undefined ? {} : { active: rest.active }),
      ...(questions === undefined ? {} : { questions: JSON.stringify(questions) }),
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .execute();
}

/**
 * Brings a script's variants to these. One that is no longer named gets nobody new, but stays: its results count,
 * and whoever hears it goes on hearing it.
 */
export async function saveVariants(
  trx: Kysely<Database>,
  scriptId: string,
  variants: ScriptVariant[],
): Promise<void> {
  await trx
    .updateTable('script_variants')
    .set({ weight: 0 })
    .where('script_id', '=', scriptId)
    .where(
      'name',
      'not in',
      variants.map(({ name }) => name),
    )
    .execute();
  await trx
    .insertInto('script_variants')
    .values(
      variants.map(({ name, weight, agentRefs }) => ({
        script_id: scriptId,
        name,
        weight,
        agent_refs: JSON.stringify(agentRefs),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['script_id', 'name']).doUpdateSet({
        weight: sql`excluded.weight`,
        agent_refs: sql`excluded.agent_refs`,
      }),
    )
    .execute();
}

/** The scripts that a company can give to its users. */
export function activeScripts(
  db: Kysely<Database>,
  companyId: string,
): Promise<{ id: string; slug: string }[]> {
  return db
    .selectFrom('agent_scripts')
    .where('company_id', '=', companyId)
    .where('active', '=', true)
    .select(['id', 'slug'])
    .orderBy('slug')
    .execute();
}
