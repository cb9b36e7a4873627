import { type MessageRecord, messageResource, sentAt } from './message-resource.ts';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;
const DAY_MS = 86_400_000;

function matchesDateSent(message: MessageRecord, query: Record<string, string>, now: Date): boolean {
  const { DateSent: day, 'DateSent<': before, 'DateSent>': after } = query;
  if (!day && !before && !after) return true;
  const sentMs = sentAt(message, now)?.getTime();
  if (sentMs === undefined) return false;
  if (day && Math.floor(sentMs / DAY_MS) !== Math.floor(Date.parse(day) / DAY_MS)) return false;
  if (before && sentMs > Date.parse(before)) return false;
  return !after || sentMs >= Date.parse(after);
}

/** One page of `GET …/Messages.json`: newest first, filtered by To, From and DateSent, paged by a token. */
export function messageList(
  messages: MessageRecord[],
  accountSid: string,
  query: Record<string, string>,
  now: Date,
) {
  const size = Math.min(Math.max(Number(query.PageSize) || DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE);
  const page = Math.max(Number(query.Page) || 0, 0);
  const found = messages
    .filter(({ to, from }) => (!query.To || to === query.To) && (!query.From || from === query.From))
    .filter((message) => matchesDateSent(message, query, now))
    .reverse();
  // The token names the last message that was shown, so that new messages do not shift the pages.
  const lastShown = found.findIndex(({ sid }) => query.PageToken === `PA${sid}`);
  const start = lastShown === -1 ? page * size : lastShown + 1;
  const shown = found.slice(start, start + size);

  const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const uriOf = (extra: Record<string, string>) =>
    `${path}?${new URLSearchParams({ ...query, PageSize: String(size), PageToken: '', ...extra })}`;
  const last = shown.at(-1);
  const hasMore = start + size < found.length;
  return {
    messages: shown.map((message) => messageResource(message, now)),
    page,
    page_size: size,
    start,
    end: start + shown.length - 1,
    uri: uriOf({ Page: String(page), PageToken: query.PageToken ?? '' }),
    first_page_uri: uriOf({ Page: '0' }),
    previous_page_uri: page > 0 ? uriOf({ Page: String(page - 1) }) : null,
    next_page_uri: hasMore && last ? uriOf({ Page: String(page + 1), PageToken: `PA${last.sid}` }) : null,
  };
}
