import {
  type FoundEventType,
  membersSeen,
  noteEventTypes,
  noteMembers,
} from '../../../db/phone-desk/event-type-sync/event-type-sync.ts';
import type { CalcomClient, CalcomEventType } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { calcomQuota } from '../../../shared/calcom-quota.ts';

/** Asks a company's calendar, within its share of the vendor's rate. */
async function asker(deps: Deps, companyId: string) {
  const calcom = await deps.calcom(companyId);
  const { limits } = await deps.companySettings(companyId);
  const quota = calcomQuota(companyId, limits);
  return <T>(operation: string, ask: (calcom: CalcomClient) => Promise<T>): Promise<T> =>
    deps.reads.read({
      ...{ vendor: 'calcom', operation, companyId, entity: companyId, quota },
      classify: deps.calcomFailure,
      ask: () => ask(calcom),
    });
}

const found = (eventType: CalcomEventType, hosts: number[]): FoundEventType => ({
  id: eventType.id,
  slug: eventType.slug,
  title: eventType.title,
  lengthMin: eventType.lengthInMinutes,
  lengthOptions: eventType.lengthInMinutesOptions ?? [],
  teamId: eventType.teamId ?? null,
  hosts,
});

/** Whose key it is, and in which teams they are; ids only. */
export async function readAccount(deps: Deps, companyId: string, syncId: string): Promise<number[]> {
  const ask = await asker(deps, companyId);
  const { id: userId, email, name, username, organizationId } = await ask('me.get', (calcom) => calcom.me());
  const owner = { userId, email, name, username, organizationId, isKeyOwner: true };
  await noteMembers(deps.db, companyId, syncId, [owner]);
  const teams = await ask('teams.list', (calcom) => calcom.listTeams());
  return teams.map(({ id }) => id);
}

/** The people and the event types of a team. */
export async function readTeam(deps: Deps, companyId: string, syncId: string, teamId: number): Promise<void> {
  const ask = await asker(deps, companyId);
  for (let skip = 0, more = true; more; ) {
    const page = await ask('teams.memberships', (calcom) => calcom.listMembers(teamId, skip));
    const members = page.items
      .filter(({ accepted }) => accepted)
      .map(({ userId, user: { email, name, username } }) => ({
        ...{ userId, email, name: name ?? email, username: username ?? '' },
        ...{ organizationId: null, isKeyOwner: false },
      }));
    await noteMembers(deps.db, companyId, syncId, members);
    skip += page.items.length;
    more = page.more;
  }
  const eventTypes = await ask('teams.eventTypes', (calcom) => calcom.listTeamEventTypes(teamId));
  const withHosts = eventTypes.map((each) =>
    found(
      { ...each, teamId },
      (each.hosts ?? []).map(({ userId }) => userId),
    ),
  );
  await noteEventTypes(deps.db, companyId, syncId, withHosts);
}

/** The people that were found; ids only. */
export async function listMembersSeen(deps: Deps, companyId: string, syncId: string): Promise<number[]> {
  return (await membersSeen(deps.db, companyId, syncId)).map((member) => member.user_id);
}

/** The event types of one of them. */
export async function readMember(
  deps: Deps,
  companyId: string,
  syncId: string,
  userId: number,
): Promise<void> {
  const members = await membersSeen(deps.db, companyId, syncId);
  const member = members.find((each) => each.user_id === userId);
  if (!member || (!member.is_key_owner && !member.username)) return;
  const { organization_id: organizationId = null } = members.find((each) => each.is_key_owner) ?? {};
  const of = member.is_key_owner ? undefined : { username: member.username, organizationId };
  const ask = await asker(deps, companyId);
  const eventTypes = await ask('eventTypes.list', (calcom) => calcom.listEventTypes(of));
  const own = eventTypes.filter(({ ownerId }) => ownerId === undefined || ownerId === userId);
  await noteEventTypes(
    deps.db,
    companyId,
    syncId,
    own.map((each) => found(each, [userId])),
  );
}
