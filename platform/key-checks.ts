import type { VendorFailure } from '../shared/failures.ts';

interface CalendarUser {
  id: number;
  email: string;
  organizationId: number | null;
}

interface EventType {
  id: number;
  lengthInMinutes: number;
  lengthInMinutesOptions?: number[];
  ownerId?: number | null;
  hosts?: { userId: number }[];
}

interface Member {
  userId: number;
  accepted: boolean;
  user: { email: string; username?: string };
}

/** What the check needs of Cal.com's client. */
interface CalendarClient {
  me(): Promise<CalendarUser>;
  listTeams(): Promise<{ id: number }[]>;
  listMembers(teamId: number, skip: number): Promise<{ items: Member[]; more: boolean }>;
  listTeamEventTypes(teamId: number): Promise<EventType[]>;
  listEventTypes(of?: { username: string; organizationId: number | null }): Promise<EventType[]>;
}

/** One event type, as far as a key sees it. */
export interface SeenEventType {
  lengthsMin: number[];
  hostIds: number[];
}

export type KeyCheck =
  | {
      verdict: 'accepted';
      eventTypes: Map<number, SeenEventType>;
      /** By e-mail in lower case: the key's own user and the members of their teams. */
      userIds: Map<string, number>;
    }
  /** The vendor says no to this key. */
  | { verdict: 'refused'; status: number | null }
  | { verdict: 'unreachable'; reason: string };

/** Who is to work with a key, and what is booked with it: others are looked at only to find what is missing. */
export interface Wanted {
  /** In lower case. */
  emails: string[];
  eventTypeIds: number[];
}

/**
 * Asks vendors with keys that are not saved yet. Past circuit breaker and limits, which belong to a company: a wrong key
 * must not stop the work that is done with the right one.
 */
export interface KeyChecks {
  /** Never throws for what the vendor does. */
  calcom(apiKey: string, wanted: Wanted): Promise<KeyCheck>;
}

/** Questions about members go out in groups of so many. */
const AT_ONCE = 8;

export function createKeyChecks(
  calcomWith: (apiKey: string) => CalendarClient,
  calcomFailure: (error: unknown) => VendorFailure,
): KeyChecks {
  const isRefusal = (error: unknown) => {
    const { kind } = calcomFailure(error);
    return kind === 'unauthorized' || kind === 'rejected';
  };
  return {
    async calcom(apiKey, wanted) {
      try {
        return await look(calcomWith(apiKey), wanted, isRefusal);
      } catch (error) {
        const { code, message, status } = calcomFailure(error);
        return isRefusal(error)
          ? { verdict: 'refused', status: status ?? null }
          : { verdict: 'unreachable', reason: `${message} (${code})` };
      }
    },
  };
}

/** The key's own event types, those of its teams, and those of the teams' members, as far as they are needed. */
async function look(
  client: CalendarClient,
  { emails, eventTypeIds }: Wanted,
  isRefusal: (error: unknown) => boolean,
): Promise<KeyCheck> {
  const me = await client.me();
  const eventTypes = new Map<number, SeenEventType>();
  const userIds = new Map([[me.email.toLowerCase(), me.id]]);
  const note = ({ id, lengthInMinutes, lengthInMinutesOptions = [], hosts }: EventType, ownerId: number) =>
    eventTypes.set(id, {
      lengthsMin: [lengthInMinutes, ...lengthInMinutesOptions],
      hostIds: hosts?.map(({ userId }) => userId) ?? [ownerId],
    });
  for (const eventType of await client.listEventTypes()) note(eventType, me.id);

  const members = new Map<number, { username: string; first: boolean }>();
  for (const { id: teamId } of await client.listTeams()) {
    for (const eventType of await client.listTeamEventTypes(teamId)) note(eventType, me.id);
    for (const { userId, user } of await membersOf(client, teamId, isRefusal)) {
      const email = user.email.toLowerCase();
      userIds.set(email, userId);
      const { username } = user;
      if (userId !== me.id && username) members.set(userId, { username, first: emails.includes(email) });
    }
  }
  const inOrder = [...members].sort(([, a], [, b]) => Number(b.first) - Number(a.first));
  for (let next = 0; next < inOrder.length; next += AT_ONCE) {
    const missing = eventTypeIds.some((id) => !eventTypes.has(id));
    if (!missing && !inOrder[next]?.[1].first) break;
    const group = inOrder.slice(next, next + AT_ONCE).map(async ([userId, { username }]) => {
      const own = await client.listEventTypes({ username, organizationId: me.organizationId });
      // A user may be shown event types of teams, too: those are not their own.
      for (const each of own) if (each.ownerId === undefined || each.ownerId === userId) note(each, userId);
    });
    await Promise.all(group);
  }
  return { verdict: 'accepted', eventTypes, userIds };
}

/** Nobody, where the key may not see who is in the team. */
async function membersOf(
  client: CalendarClient,
  teamId: number,
  isRefusal: (error: unknown) => boolean,
): Promise<Member[]> {
  const members: Member[] = [];
  try {
    for (let more = true; more; ) {
      const page = await client.listMembers(teamId, members.length);
      members.push(...page.items);
      more = page.more && page.items.length > 0;
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  return members.filter(({ accepted }) => accepted);
}
