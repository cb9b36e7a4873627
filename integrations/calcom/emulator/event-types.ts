import type { CalApiKey, CalcomAccount, CalEventType } from './account.ts';
import { CalcomRefusal } from './errors.ts';

/** The event type object of version 2024-06-14. */
export function shownEventType(account: CalcomAccount, eventType: CalEventType) {
  const hosts = account.hostsOf(eventType);
  const owner = eventType.ownerId === null ? undefined : account.user(eventType.ownerId);
  const { id, slug, title, description, lengthInMinutes, lengthInMinutesOptions } = eventType;
  return {
    id,
    ownerId: eventType.ownerId,
    title,
    slug,
    description,
    lengthInMinutes,
    ...(lengthInMinutesOptions && { lengthInMinutesOptions }),
    locations: eventType.locations,
    bookingFields: [
      { isDefault: true, type: 'name', slug: 'name', required: true },
      { isDefault: true, type: 'email', slug: 'email', required: true },
      ...eventType.requiredBookingFields.map((field) => ({
        isDefault: false,
        type: field === 'attendeePhoneNumber' ? 'phone' : 'text',
        slug: field,
        required: true,
      })),
    ],
    slotInterval: eventType.slotInterval,
    minimumBookingNotice: eventType.minimumBookingNotice,
    beforeEventBuffer: eventType.beforeEventBuffer,
    afterEventBuffer: eventType.afterEventBuffer,
    recurrence: null,
    metadata: {},
    price: eventType.price,
    currency: eventType.currency,
    seats: { disabled: true },
    confirmationPolicy: { disabled: true },
    scheduleId: null,
    hidden: false,
    bookingRequiresAuthentication: false,
    users: hosts.map(({ id: userId, name, username }) => ({ id: userId, name, username })),
    bookingUrl: `https://cal.com/${owner?.username ?? `team/${eventType.teamSlug}`}/${slug}`,
  };
}

/** Event types of a user by name, or all that the key sees. */
export function listEventTypes(
  account: CalcomAccount,
  key: CalApiKey,
  { username, eventSlug }: { username?: string | undefined; eventSlug?: string | undefined },
) {
  if (eventSlug !== undefined && username === undefined) {
    throw new CalcomRefusal(400, 'username is required when eventSlug is given');
  }
  const owner = username === undefined ? undefined : account.userByName(username);
  if (username !== undefined && !owner) return [];
  return account
    .eventTypes()
    .filter((eventType) =>
      owner
        ? eventType.ownerId === owner.id && (eventSlug === undefined || eventType.slug === eventSlug)
        : account.sees(key, [eventType.ownerId, ...eventType.hosts]),
    )
    .map((eventType) => shownEventType(account, eventType));
}

/** One event type that the key sees. */
export function findOwnEventType(account: CalcomAccount, key: CalApiKey, id: number) {
  const eventType = account.eventType(id);
  if (!eventType || !account.sees(key, [eventType.ownerId, ...eventType.hosts])) {
    throw new CalcomRefusal(404, `Event type with id ${id} not found`);
  }
  return shownEventType(account, eventType);
}
