import type { Kysely } from 'kysely';
import { type DayNews, insertDayEvents } from '../../db/daily-calls/open-days.ts';
import type { InboxEvent } from '../../db/inbox.ts';
import type { Database } from '../../db/tables/database.ts';
import type { ApiDeps } from '../deps.ts';
import type { RequestContext } from '../middleware/request-context.ts';
import { sweepAfterMs } from '../own-hand-over.ts';

/** Files, in the transaction of a change, what the runs of these days have to be told. Offer the events afterwards. */
export function fileDayNews(
  deps: ApiDeps,
  trx: Kysely<Database>,
  days: DayNews[],
  context: RequestContext,
): Promise<InboxEvent[]> {
  return insertDayEvents(trx, deps.vault, days, context, sweepAfterMs(deps));
}

/** Hands over what was filed, after the commit; what finds no room waits for the sweeper. */
export function offerDayNews({ handOver }: Pick<ApiDeps, 'handOver'>, events: InboxEvent[]): void {
  for (const event of events) handOver?.offer(event);
}
