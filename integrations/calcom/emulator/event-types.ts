import type { CalApiKey, CalcomAccount, CalEventType } from './account.ts';
import { CalcomRefusal } from './errors.ts';

/** The event type object of version 2024-06-14: of a user with `users`, of a team with `hosts`. */
export function shownEventType(account: CalcomAccount, eventType: CalEventType) {
  const hosts = account.hostsOf(eventType);
  const owner = eventType.ownerId === null ? undefined : account.user(eventType.ownerId);
  const team = account.teamBySlug(eventType.teamSlug);
  const people = hosts.map(({ id, name, username }) => ({ id, name, username }));
  const belongsTo = team
    ? {
        teamId: team.id,
        team: { id: team.id, slug: team.slug, name: team.name },
        schedulingType: eventType.schedulingType,
        assignAllTeamMembers: eventType.assignAllTeamMembers ?? false,
        hosts: people.map(({ id: userId, ...host }) => ({
          userId,
          ...host,
          mandatory: eventType.hostSettings?.[userId]?.mandatory ?? false,
          priority: eventType.hostSettings?.[userId]?.priority ?? 'medium',
        })),
      }
    : { users: people };
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
    confirmationPolicy: eventType.requiresConfirmation
      ? { type: 'always', blockUnconfirmedBookingsInBooker: false }
      : { disabled: true },
    scheduleId: null,
    hidden: eventType.hidden,
    bookingRequiresAuthentication: false,
    ...belongsTo,
    bookingUrl: `https://cal.com/${owner?.username ?? `team/${eventType.teamSlug}`}/${slug}`,
  };
}

/** Event types of a user by name, as far as others may see them; without a name those of the key's own user. */
export function listEventTypes(
  account: CalcomAccount,
  key: CalApiKey,
  { username, eventSlug }: { username?: string | undefined; eventSlug?: string | undefined },
) {
  if (eventSlug !== undefined && username === undefined) {
    throw new CalcomRefusal(400, 'username is required when eventSlug is given');
  }
  const owner = username === undefined ? account.user(key.userId) : account.userByName(username);
  if (!owner) return [];
  return account
    .eventTypes()
    .filter(
      ({ ownerId, slug, hidden }) =>
        ownerId === owner.id &&
        (eventSlug === undefined || slug === eventSlug) &&
        (!hidden || owner.id === key.userId),
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
