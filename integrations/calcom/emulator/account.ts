import { z } from 'zod';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import { isTimeZone } from '../../../shared/time.ts';

const zone = z.string().refine(isTimeZone, 'must be an IANA time zone');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be HH:MM');
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const scheduleSchema = z.strictObject({
  timeZone: zone,
  /** Weekly hours, local times; `24:00` is the end of the day. */
  availability: z.array(
    z.strictObject({ days: z.array(z.enum(days)).min(1), startTime: clock, endTime: clock }),
  ),
  /** Replace the weekly hours of one local day; the same start and end mean a day off. */
  overrides: z.array(z.strictObject({ date: z.iso.date(), startTime: clock, endTime: clock })).default([]),
});

const userSchema = z.strictObject({
  id: z.int().positive(),
  name: z.string(),
  email: z.email(),
  username: z.string().min(1),
  timeZone: zone,
  organizationId: z.int().positive().nullable().default(null),
  /** Used by event types that have none of their own. */
  schedule: scheduleSchema.optional(),
});

const hostSettingsSchema = z.strictObject({
  mandatory: z.boolean().optional(),
  priority: z.enum(['lowest', 'low', 'medium', 'high', 'highest']).optional(),
});

const eventTypeSchema = z
  .strictObject({
    id: z.int().positive(),
    slug: z.string().min(1),
    title: z.string().min(1),
    description: z.string().default(''),
    lengthInMinutes: z.int().positive(),
    lengthInMinutesOptions: z.array(z.int().positive()).optional(),
    slotInterval: z.int().positive().nullable().default(null),
    ownerId: z.int().positive().nullable().default(null),
    teamSlug: z.string().optional(),
    /** User ids; the owner alone when empty. */
    hosts: z.array(z.int().positive()).default([]),
    /** How a host of a team's event type is chosen, by user id; medium and not mandatory when absent. */
    hostSettings: z.record(z.string(), hostSettingsSchema).optional(),
    assignAllTeamMembers: z.boolean().optional(),
    schedulingType: z.enum(['roundRobin', 'collective']).default('roundRobin'),
    schedule: scheduleSchema.optional(),
    /** Minutes. */
    beforeEventBuffer: z.int().min(0).default(0),
    afterEventBuffer: z.int().min(0).default(0),
    minimumBookingNotice: z.int().min(0).default(0),
    /** Names of `bookingFieldsResponses` that must be given; `attendeePhoneNumber` means the phone. */
    requiredBookingFields: z.array(z.string()).default([]),
    /** A booking is only asked for until a host accepts it; it blocks nothing meanwhile. */
    requiresConfirmation: z.boolean().default(false),
    hidden: z.boolean().default(false),
    locations: z.array(z.looseObject({ type: z.string() })).default([]),
    price: z.number().min(0).default(0),
    currency: z.string().default('eur'),
  })
  .refine(({ ownerId, hosts }) => ownerId !== null || hosts.length > 0, 'needs an ownerId or hosts');

const teamSchema = z.strictObject({
  id: z.int().positive(),
  slug: z.string().min(1),
  name: z.string().min(1),
  members: z.array(
    z.strictObject({
      userId: z.int().positive(),
      role: z.enum(['OWNER', 'ADMIN', 'MEMBER']).default('MEMBER'),
      accepted: z.boolean().default(true),
    }),
  ),
});

const seedSchema = z.strictObject({
  users: z.array(userSchema).default([]),
  eventTypes: z.array(eventTypeSchema).default([]),
  /** Event types belong to one by its slug. */
  teams: z.array(teamSchema).default([]),
  apiKeys: z
    .array(
      z.strictObject({
        key: z.string().startsWith('cal_'),
        userId: z.int().positive(),
        /** Gives the key the view of an organization's admin. */
        organizationId: z.int().positive().nullable().default(null),
      }),
    )
    .default([]),
  /** Times at which a user is away, from a connected calendar. */
  busy: z
    .array(
      z.strictObject({
        userId: z.int().positive(),
        start: z.iso.datetime({ offset: true }),
        end: z.iso.datetime({ offset: true }),
      }),
    )
    .default([]),
  /** Per key; off unless seeded. The vendor's own: 120 in 60 s, then 60 s blocked. */
  rateLimit: z
    .strictObject({
      limit: z.int().positive().default(120),
      ttlMs: z.int().positive().default(60_000),
      blockMs: z.int().positive().default(60_000),
    })
    .optional(),
});

export type CalUser = z.output<typeof userSchema>;
export type CalEventType = z.output<typeof eventTypeSchema>;
export type CalHostSettings = z.output<typeof hostSettingsSchema>;
export type CalTeam = z.output<typeof teamSchema>;
export type CalSchedule = z.output<typeof scheduleSchema>;
export type CalApiKey = z.output<typeof seedSchema>['apiKeys'][number];
export type CalRateLimit = NonNullable<z.output<typeof seedSchema>['rateLimit']>;

/** Whose view of the account is taken. */
export type Viewer = Pick<CalApiKey, 'userId' | 'organizationId'>;

/** A stretch of time, milliseconds since the epoch, end excluded. */
export interface Span {
  start: number;
  end: number;
}

/** Who and what exists in the emulated Cal.com: `POST /_emulator/seed {"calcom": …}`. */
export function calcomAccount(kit: EmulatorKit) {
  const users = kit.collection<CalUser>('users');
  const eventTypes = kit.collection<CalEventType>('eventTypes');
  const teams = kit.collection<CalTeam>('teams');
  const keys = kit.collection<CalApiKey>('apiKeys');
  const busy = kit.collection<Span[]>('busy');
  const limits = kit.collection<CalRateLimit>('limits');

  const hostsOf = ({ hosts, ownerId }: CalEventType): CalUser[] => {
    const ids = hosts.length > 0 ? hosts : ownerId === null ? [] : [ownerId];
    return ids.map((id) => users.get(String(id))).filter((user) => user !== undefined);
  };

  return {
    seed(data: unknown): void {
      const seed = seedSchema.parse(data);
      for (const user of seed.users) users.put(String(user.id), user);
      for (const eventType of seed.eventTypes) eventTypes.put(String(eventType.id), eventType);
      for (const team of seed.teams) teams.put(String(team.id), team);
      for (const key of seed.apiKeys) keys.put(key.key, key);
      for (const { userId, start, end } of seed.busy) {
        const span = { start: Date.parse(start), end: Date.parse(end) };
        const known = busy.get(String(userId)) ?? [];
        if (known.some((other) => other.start === span.start && other.end === span.end)) continue;
        busy.put(String(userId), [...known, span]);
      }
      if (seed.rateLimit) limits.put('api', seed.rateLimit);
    },
    user: (id: number) => users.get(String(id)),
    userByName: (username: string) => users.values().find((user) => user.username === username),
    eventType: (id: number) => eventTypes.get(String(id)),
    eventTypes: () => eventTypes.values(),
    /** As a whole: who is not among them is no host any more. */
    setHosts(id: number, hosts: ({ userId: number } & CalHostSettings)[]): void {
      const hostSettings = Object.fromEntries(hosts.map(({ userId, ...settings }) => [userId, settings]));
      const ids = hosts.map(({ userId }) => userId);
      eventTypes.put(String(id), { ...eventTypes.get(String(id))!, hosts: ids, hostSettings });
    },
    removeEventType: (id: number) => eventTypes.delete(String(id)),
    team: (id: number) => teams.get(String(id)),
    teamBySlug: (slug: string | undefined) => teams.values().find((team) => team.slug === slug),
    teamsOf: (userId: number) =>
      teams.values().filter(({ members }) => members.some((member) => member.userId === userId)),
    hostsOf,
    key: (key: string) => keys.get(key),
    busy: (userId: number) => busy.get(String(userId)) ?? [],
    rateLimit: () => limits.get('api'),
    /** Whether a key sees what belongs to these users: its own user, or everyone in its organization. */
    sees: ({ userId, organizationId }: Viewer, userIds: (number | null)[]) =>
      userIds.some(
        (id) =>
          id !== null &&
          (id === userId ||
            (organizationId !== null && users.get(String(id))?.organizationId === organizationId)),
      ),
  };
}

export type CalcomAccount = ReturnType<typeof calcomAccount>;
