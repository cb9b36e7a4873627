import { sql } from 'kysely';
import { retryableOutcomes } from '../../shared/daily-calls/vocabulary.ts';

/**
 * What reach is measured by, for attempts as `a`. An attempt counts once it was dialled; it is judged once it is
 * known whether somebody answered, which of calls under way, unreported and canceled ones nobody knows.
 */
export const dialled = sql<boolean>`a.dialled_at IS NOT NULL`;

export const reached = sql<boolean>`a.status = 'completed'`;

export const judged = sql<boolean>`a.status IN (${sql.join(['completed', ...retryableOutcomes])})`;

/** No call was made on that local day before: withdrawn attempts are none. */
export const firstOfDay = sql<boolean>`NOT EXISTS (SELECT FROM call_attempts e WHERE e.user_id = a.user_id
  AND e.local_date = a.local_date AND e.number < a.number AND e.dialled_at IS NOT NULL)`;

export const lastOfDay = sql<boolean>`NOT EXISTS (SELECT FROM call_attempts e WHERE e.user_id = a.user_id
  AND e.local_date = a.local_date AND e.number > a.number AND e.dialled_at IS NOT NULL)`;
