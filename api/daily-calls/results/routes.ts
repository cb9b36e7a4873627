import { scriptResults, type VariantResults } from '../../../db/daily-calls/script-results.ts';
import { findScript } from '../../../db/daily-calls/scripts.ts';
import { compareVariants, isEnough, needed } from '../../../shared/daily-calls/compare-variants.ts';
import { type ReachCounts, reachRate } from '../../../shared/daily-calls/reach-rate.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { scriptResultsSchema } from './schema.ts';

export function scriptResultEndpoints({ db }: Pick<ApiDeps, 'db'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/agent-scripts/{id}/results',
      tag: 'Daily calls: agent scripts',
      summary: 'How many people the variants of a script reach, and whether they differ',
      params: idParams,
      success: { status: 200, description: 'The results.', schema: scriptResultsSchema },
      problems: [404],
      async handle({ params, caller }) {
        const script = await findScript(db, caller.companyId, params.id);
        if (!script) throw notFound('script');
        const { id, company, slug, name } = script;
        return { body: { script: { id, company, slug, name }, ...present(await scriptResults(db, id)) } };
      },
    }),
  ];
}

function present(variants: VariantResults[]) {
  // One that was taken back early would keep the others waiting for ever.
  const isCompared = ({ weight, first }: VariantResults) => weight > 0 || isEnough(first);
  return {
    ...compareVariants(variants.filter(isCompared).map(({ first }) => first)),
    needed,
    variants: variants.map((variant) => {
      const { all, first, ...rest } = variant;
      return {
        ...rest,
        compared: isCompared(variant),
        firstAttempts: presentReach(first),
        allAttempts: presentReach(all),
      };
    }),
  };
}

function presentReach(counts: ReachCounts) {
  const { users, calls, reached } = counts;
  const found = reachRate(counts);
  return {
    users,
    calls,
    reached,
    rate: found?.rate ?? null,
    interval: found && { low: found.low, high: found.high },
  };
}
