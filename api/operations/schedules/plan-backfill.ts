import { scheduledMoments } from '../../../platform/schedule-state.ts';
import type { ApiDeps } from '../../deps.ts';
import { invalidRequest } from '../../http-problem.ts';

/** Runs are made up for one after the other; more of them would keep the schedule's own runs away for long. */
const MAX_RUNS = 100;

/** The moments of a schedule between two times, both included. Throws a 400 that names what is wrong. */
export async function planBackfill(
  { temporal, env, clock }: ApiDeps,
  id: string,
  body: { from: string; to: string },
): Promise<Date[]> {
  const from = new Date(body.from);
  const to = new Date(body.to);
  const problems = [];
  if (to.getTime() > clock().getTime()) problems.push({ path: 'to', message: 'must not be in the future' });
  if (from.getTime() > to.getTime()) problems.push({ path: 'from', message: 'must not be after `to`' });
  if (problems.length > 0) throw invalidRequest(problems);
  const moments = await scheduledMoments(temporal, env.TEMPORAL_NAMESPACE, id, { from, to, limit: MAX_RUNS });
  if (moments.length > MAX_RUNS) {
    const until = (moments[MAX_RUNS - 1] as Date).toISOString();
    throw invalidRequest([
      { path: 'to', message: `leaves more than ${MAX_RUNS} runs; at most ${until} from there` },
    ]);
  }
  if (moments.length === 0) {
    throw invalidRequest([{ path: 'from', message: 'the schedule has no run between `from` and `to`' }]);
  }
  return moments;
}
