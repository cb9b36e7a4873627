import type { Kysely } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { CallAnalysis } from '../../shared/daily-calls/analysis.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';

/** A conversation with what its analysis needs, opened. */
export interface CallToAnalyse {
  /** Null: nobody has looked at it yet. */
  analysisStatus: 'done' | 'failed' | 'nothing-said' | null;
  companyName: string;
  /** Language tag of the person. */
  locale: string;
  /** Null: there is none, or the person's key is destroyed. */
  transcript: string | null;
  /** What the script asks; of the variant that was heard, else of the person's script. */
  questions: { key: string; question: string }[];
}

export async function readCallToAnalyse(
  db: Kysely<Database>,
  vault: Vault,
  attemptId: string,
): Promise<CallToAnalyse | undefined> {
  const row = await db
    .selectFrom('call_attempts')
    .innerJoin('call_users', 'call_users.id', 'call_attempts.user_id')
    .innerJoin('companies', 'companies.id', 'call_attempts.company_id')
    .leftJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .leftJoin('script_variants', 'script_variants.id', 'call_attempts.variant_id')
    .leftJoin('agent_scripts', (join) =>
      join.on('agent_scripts.id', '=', ({ fn }) =>
        fn.coalesce('script_variants.script_id', 'call_users.script_id'),
      ),
    )
    .where('call_attempts.id', '=', attemptId)
    .select([
      'call_attempts.analysis_status',
      'call_attempts.transcript_sealed',
      'call_users.locale',
      'companies.name as company_name',
      'person_keys.wrapped_key',
      'agent_scripts.questions',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    analysisStatus: row.analysis_status,
    companyName: row.company_name,
    locale: row.locale,
    transcript: openerOf(vault, row.wrapped_key)('call_attempts.transcript', row.transcript_sealed),
    questions: row.questions ?? [],
  };
}

/** Keeps an analysis, sealed with the person's key; nothing is kept of a person whose key is destroyed. */
export async function saveAnalysis(
  db: Kysely<Database>,
  vault: Vault,
  attemptId: string,
  analysis: CallAnalysis,
): Promise<void> {
  const person = await db
    .selectFrom('call_attempts')
    .innerJoin('call_users', 'call_users.id', 'call_attempts.user_id')
    .innerJoin('person_keys', 'person_keys.id', 'call_users.person_id')
    .where('call_attempts.id', '=', attemptId)
    .select('person_keys.wrapped_key')
    .executeTakeFirst();
  if (!person || person.wrapped_key.length === 0) return closeAnalysis(db, attemptId, 'failed');
  const key = vault.openPersonKey(person.wrapped_key);
  await db
    .updateTable('call_attempts')
    .set({
      analysis_status: 'done',
      analysis_sealed: key.seal('call_attempts.analysis', JSON.stringify(analysis)),
      sentiment: analysis.sentiment,
      mood: analysis.mood,
      updated_at: new Date(),
    })
    .where('id', '=', attemptId)
    .execute();
}

/** Ends the analysis of a call without one; what is there stays. */
export async function closeAnalysis(
  db: Kysely<Database>,
  attemptId: string,
  status: 'failed' | 'nothing-said',
): Promise<void> {
  await db
    .updateTable('call_attempts')
    .set({ analysis_status: status, updated_at: new Date() })
    .where('id', '=', attemptId)
    .where('analysis_status', 'is', null)
    .execute();
}
