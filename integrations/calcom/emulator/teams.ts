import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { CalApiKey, CalcomAccount, CalEventType, CalTeam } from './account.ts';
import { CalcomRefusal } from './errors.ts';
import { shownEventType } from './event-types.ts';
import { type CalcomVariables, requireKey } from './guards.ts';
import type { Answering } from './webhook-routes.ts';

/** What a change of a team event type may say, as far as we use it. */
const updateSchema = z.strictObject({
  hosts: z
    .array(
      z.strictObject({
        userId: z.int(),
        mandatory: z.boolean().optional(),
        priority: z.enum(['lowest', 'low', 'medium', 'high', 'highest']).optional(),
      }),
    )
    .optional(),
  title: z.string().optional(),
});
const pageSchema = z.object({
  take: z.coerce.number().int().min(1).max(250).default(250),
  skip: z.coerce.number().int().min(0).default(0),
});

/** Teams, who is in them, and their event types. */
export function addTeamRoutes(
  app: Hono<CalcomVariables>,
  { read, write, readBody }: Answering,
  account: CalcomAccount,
): void {
  const base = '/v2/teams/:teamId{[0-9]+}';
  const teamOf = (c: Context): CalTeam => {
    const id = Number(c.req.param('teamId'));
    const team = account.team(id);
    if (!team) throw new CalcomRefusal(404, `Team with id ${id} not found`);
    return team;
  };
  const typesOf = ({ slug }: CalTeam): CalEventType[] =>
    account.eventTypes().filter(({ teamSlug }) => teamSlug === slug);

  app.get('/v2/teams', (c) => {
    const { userId } = requireKey(c);
    return read(c, 'teams.list', () =>
      account.teamsOf(userId).map(({ id, slug, name }) => ({ id, slug, name, timeZone: 'Europe/London' })),
    );
  });
  app.get(`${base}/memberships`, (c) => {
    const key = requireKey(c);
    const { take, skip } = pageSchema.parse(c.req.query());
    return read(c, 'teams.memberships', () => {
      const team = teamOf(c);
      requireRole(team, key, ['OWNER', 'ADMIN', 'MEMBER']);
      return team.members.slice(skip, skip + take).map(({ userId, role, accepted }) => {
        const { email, name, username } = account.user(userId)!;
        const user = { email, name, username };
        return { id: userId + 10_000, userId, teamId: team.id, role, accepted, user };
      });
    });
  });
  /** Public, as with the vendor. */
  app.get(`${base}/event-types`, (c) =>
    read(c, 'teams.eventTypes', () =>
      typesOf(teamOf(c)).map((eventType) => shownEventType(account, eventType)),
    ),
  );
  app.get(`${base}/event-types/:id{[0-9]+}`, (c) => {
    const key = requireKey(c);
    return read(c, 'teams.eventType', () => {
      const team = teamOf(c);
      requireRole(team, key, ['OWNER', 'ADMIN']);
      const id = Number(c.req.param('id'));
      const eventType = typesOf(team).find((each) => each.id === id);
      if (!eventType) throw new CalcomRefusal(404, `Event type with id ${id} not found`);
      return shownEventType(account, eventType);
    });
  });
  app.patch(`${base}/event-types/:id{[0-9]+}`, async (c) => {
    const key = requireKey(c);
    const body = await readBody(c, updateSchema);
    const id = Number(c.req.param('id'));
    return write(c, { operation: 'teams.updateEventType', key: null, request: { id, ...body } }, 200, () => {
      const team = teamOf(c);
      requireRole(team, key, ['OWNER', 'ADMIN']);
      if (!typesOf(team).some((eventType) => eventType.id === id)) {
        throw new CalcomRefusal(404, `Event type with id ${id} not found`);
      }
      const { hosts } = body;
      const named = hosts?.map(({ userId }) => userId) ?? [];
      const strangers = named.filter((host) => !team.members.some(({ userId }) => userId === host));
      if (strangers.length > 0) {
        throw new CalcomRefusal(404, `Invalid hosts: ${strangers.join(', ')} are not members of the team`);
      }
      if (hosts) account.setHosts(id, hosts);
      return shownEventType(account, account.eventType(id)!);
    });
  });
}

function requireRole({ id, members }: CalTeam, { userId }: CalApiKey, roles: string[]): void {
  const role = members.find((member) => member.userId === userId)?.role;
  if (role && roles.includes(role)) return;
  throw new CalcomRefusal(403, `RolesGuard - User is not allowed to act on the team with id=${id}.`);
}
