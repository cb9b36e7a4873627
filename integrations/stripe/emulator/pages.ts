import type { EmulatorAnswer } from '../../../shared/emulator.ts';
import { invalid } from './errors.ts';

interface PageQuery {
  limit: number;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
  created?:
    | { gt?: number | undefined; gte?: number | undefined; lt?: number | undefined; lte?: number | undefined }
    | undefined;
}

/** One page of a list as Stripe pages them: newest first, by id. */
export function pageOf<T extends { id: string; created?: number }>(
  all: T[],
  query: PageQuery,
  url: string,
  shown: (each: T) => unknown = (each) => each,
): EmulatorAnswer {
  const {
    gt = -1,
    gte = 0,
    lt = Number.POSITIVE_INFINITY,
    lte = Number.POSITIVE_INFINITY,
  } = query.created ?? {};
  const within = all.filter(
    ({ created = 0 }) => created > gt && created >= gte && created < lt && created <= lte,
  );
  const indexOf = (id: string, param: string) => {
    const index = within.findIndex((each) => each.id === id);
    if (index < 0) throw invalid(`No such object: '${id}'`, { code: 'resource_missing', param });
    return index;
  };
  let from = 0;
  let to = query.limit;
  if (query.starting_after !== undefined) {
    from = indexOf(query.starting_after, 'starting_after') + 1;
    to = from + query.limit;
  } else if (query.ending_before !== undefined) {
    to = indexOf(query.ending_before, 'ending_before');
    from = Math.max(0, to - query.limit);
  }
  const hasMore = query.ending_before === undefined ? to < within.length : from > 0;
  return {
    status: 200,
    body: { object: 'list', data: within.slice(from, to).map(shown), has_more: hasMore, url },
  };
}
