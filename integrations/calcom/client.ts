import { VendorError } from '../http.ts';
import { type CalcomConfig, createCalcomRequest } from './request.ts';

/** The shape of each resource is pinned by date (Cal.com API v2, `cal-api-version`). */
const versions = {
  bookings: '2026-02-25',
  slots: '2024-09-04',
  eventTypes: '2024-06-14',
  me: '2024-06-11',
} as const;

export interface Attendee {
  name: string;
  timeZone: string;
  email?: string;
  phoneNumber?: string;
  language?: string;
}

export interface NewBooking {
  /** ISO 8601, UTC. */
  start: string;
  eventTypeId: number;
  attendee: Attendee;
  metadata: Record<string, string>;
}

export interface CalcomBooking {
  uid: string;
  status: string;
  start: string;
  end: string;
  metadata?: Record<string, string>;
  rescheduledFromUid?: string;
  rescheduledToUid?: string;
  cancellationReason?: string;
  /** ISO 8601, UTC; by the calendar's clock. */
  updatedAt: string;
  eventTypeId: number;
  hosts: { email: string }[];
  attendees: {
    name: string;
    email: string;
    timeZone: string;
    language?: string;
    phoneNumber?: string;
    absent?: boolean;
  }[];
}

/** One page of a list. */
export interface CalcomPage<T> {
  items: T[];
  /** More may follow: ask again with what comes after these. */
  more: boolean;
}

export interface CalcomEventType {
  id: number;
  slug: string;
  title: string;
  lengthInMinutes: number;
  lengthInMinutesOptions?: number[];
  /** Of a user's own event type. */
  ownerId?: number | null;
  /** Of a team's event type. */
  teamId?: number;
  hosts?: CalcomHost[];
  /** Whoever is in the team hosts it; nobody is put on it or taken off it by name. */
  assignAllTeamMembers?: boolean;
}

/** A host of a team's event type. */
export interface CalcomHost {
  userId: number;
  mandatory?: boolean;
  priority?: string | null;
}

export interface CalcomUser {
  id: number;
  name: string;
  email: string;
  username: string;
  organizationId: number | null;
}

/** Somebody in a team. */
export interface CalcomMember {
  userId: number;
  accepted: boolean;
  user: { email: string; name?: string; username?: string };
}

/** A subscription to events; one per subscriber URL and user. */
export interface WebhookOrder {
  active: boolean;
  subscriberUrl: string;
  triggers: string[];
  secret: string;
}

export interface CalcomWebhook extends Omit<WebhookOrder, 'secret'> {
  id: string;
  secret?: string | null;
}

/** Cal.com API v2 with one company's key. Throws `VendorError`; nothing is retried here. */
export interface CalcomClient {
  /** Free starts between two moments, ISO 8601 UTC, in order. */
  freeStarts(query: {
    eventTypeId: number;
    start: string;
    end: string;
    exceptUid?: string;
  }): Promise<string[]>;
  /**
   * Hides a slot from other bookers for five minutes. Null: it is hidden or booked already, perhaps by an
   * earlier try of ours; only booking tells.
   */
  reserveSlot(slot: { eventTypeId: number; slotStart: string }): Promise<string | null>;
  releaseSlot(reservationUid: string): Promise<void>;
  createBooking(booking: NewBooking): Promise<CalcomBooking>;
  getBooking(uid: string): Promise<CalcomBooking>;
  /** One page of the bookings that fit the vendor's filters, at most 250; `skip` passes over earlier ones. */
  listBookings(query: Record<string, string>): Promise<CalcomPage<CalcomBooking>>;
  cancelBooking(uid: string, reason: string): Promise<void>;
  /** Moves a booking; the answer has a NEW uid. */
  rescheduleBooking(uid: string, start: string, reason: string): Promise<CalcomBooking>;
  /** Whose key it is; the cheapest question that needs one. */
  me(): Promise<CalcomUser>;
  /** The teams of the key's user. */
  listTeams(): Promise<{ id: number; slug: string; name: string }[]>;
  /** One page of the people of a team. */
  listMembers(teamId: number, skip: number): Promise<CalcomPage<CalcomMember>>;
  listTeamEventTypes(teamId: number): Promise<CalcomEventType[]>;
  getTeamEventType(teamId: number, eventTypeId: number): Promise<CalcomEventType>;
  /** Of the key's user, or of another one as far as others may see them. */
  listEventTypes(of?: { username: string; organizationId: number | null }): Promise<CalcomEventType[]>;
  /** The subscriptions of the key's own user. */
  listWebhooks(): Promise<CalcomWebhook[]>;
  createWebhook(order: WebhookOrder): Promise<CalcomWebhook>;
  updateWebhook(id: string, order: WebhookOrder): Promise<CalcomWebhook>;
  /** Sets the hosts of a team's event type as a whole. */
  setTeamHosts(teamId: number, eventTypeId: number, hosts: CalcomHost[]): Promise<void>;
}

/** The vendor's largest page of bookings. */
const PAGE_MAX = 250;

export function createCalcomClient(config: CalcomConfig, apiKey: string): CalcomClient {
  const { envelope, request } = createCalcomRequest(config, apiKey);
  return {
    async freeStarts({ eventTypeId, start, end, exceptUid }) {
      const days = await request<Record<string, { start: string }[]>>(versions.slots, 'GET', '/slots', {
        query: {
          eventTypeId: String(eventTypeId),
          start,
          end,
          timeZone: 'UTC',
          ...(exceptUid ? { bookingUidToReschedule: exceptUid } : {}),
        },
      });
      return Object.values(days)
        .flat()
        .map((slot) => new Date(slot.start).toISOString())
        .sort();
    },
    async reserveSlot(slot) {
      try {
        const made = await request<{ reservationUid: string }>(
          versions.slots,
          'POST',
          '/slots/reservations',
          {
            body: slot,
          },
        );
        return made.reservationUid;
      } catch (error) {
        if (error instanceof VendorError && error.failure.status === 422) return null;
        throw error;
      }
    },
    releaseSlot: (uid) => request(versions.slots, 'DELETE', `/slots/reservations/${encodeURIComponent(uid)}`),
    createBooking: (booking) => request(versions.bookings, 'POST', '/bookings', { body: booking }),
    getBooking: (uid) => request(versions.bookings, 'GET', `/bookings/${encodeURIComponent(uid)}`),
    async listBookings(query) {
      const page = await envelope<CalcomBooking[]>(versions.bookings, 'GET', '/bookings', {
        query: { take: String(PAGE_MAX), ...query },
      });
      return { items: page?.data ?? [], more: page?.pagination?.hasNextPage ?? false };
    },
    cancelBooking: (uid, reason) =>
      request(versions.bookings, 'POST', `/bookings/${encodeURIComponent(uid)}/cancel`, {
        body: { cancellationReason: reason },
      }),
    rescheduleBooking: (uid, start, reason) =>
      request(versions.bookings, 'POST', `/bookings/${encodeURIComponent(uid)}/reschedule`, {
        body: { start, reschedulingReason: reason },
      }),
    me: () => request(versions.me, 'GET', '/me'),
    listTeams: () => request(versions.eventTypes, 'GET', '/teams'),
    async listMembers(teamId, skip) {
      const items = await request<CalcomMember[]>(
        versions.eventTypes,
        'GET',
        `/teams/${teamId}/memberships`,
        {
          query: { take: String(PAGE_MAX), skip: String(skip) },
        },
      );
      return { items, more: items.length === PAGE_MAX };
    },
    listTeamEventTypes: (teamId) => request(versions.eventTypes, 'GET', `/teams/${teamId}/event-types`),
    getTeamEventType: (teamId, eventTypeId) =>
      request(versions.eventTypes, 'GET', `/teams/${teamId}/event-types/${eventTypeId}`),
    listEventTypes: (of) =>
      request(versions.eventTypes, 'GET', '/event-types', {
        query: {
          ...(of ? { username: of.username } : {}),
          ...(of?.organizationId ? { orgId: String(of.organizationId) } : {}),
        },
      }),
    listWebhooks: () => request(versions.me, 'GET', '/webhooks', { query: { take: String(PAGE_MAX) } }),
    createWebhook: (order) => request(versions.me, 'POST', '/webhooks', { body: order }),
    updateWebhook: (id, order) =>
      request(versions.me, 'PATCH', `/webhooks/${encodeURIComponent(id)}`, { body: order }),
    async setTeamHosts(teamId, eventTypeId, hosts) {
      await request(versions.eventTypes, 'PATCH', `/teams/${teamId}/event-types/${eventTypeId}`, {
        body: { hosts: hosts.map(hostInput) },
      });
    },
  };
}

/** What the vendor takes of a host that it has shown: names and pictures it refuses. */
function hostInput({ userId, mandatory, priority }: CalcomHost): CalcomHost {
  return { userId, ...(mandatory === undefined ? {} : { mandatory }), ...(priority ? { priority } : {}) };
}
