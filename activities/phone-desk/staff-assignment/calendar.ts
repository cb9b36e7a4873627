import type { HostTarget } from '../../../db/phone-desk/staff-assignment/host-writes.ts';
import type { CalcomClient } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import { calcomQuota } from '../../../shared/calcom-quota.ts';
import { findFailure, type VendorFailure } from '../../../shared/failures.ts';
import type { Host } from '../../../shared/phone-desk/assignments.ts';

/** What every call about the hosts of a company's event types has: its share of the vendor's rate, and what errors mean. */
export async function hostCalls(deps: Deps, companyId: string, entity: string) {
  const client = await deps.calcom(companyId);
  const { limits } = await deps.companySettings(companyId);
  const common = {
    ...{ vendor: 'calcom', companyId, entity },
    quota: calcomQuota(companyId, limits),
    classify: (error: unknown) => ofOneEventType(deps.calcomFailure(error)),
  };
  return {
    client,
    common,
    read: <T>(operation: string, ask: (calcom: CalcomClient) => Promise<T>): Promise<T> =>
      deps.reads.read({ ...common, operation, ask: () => ask(client) }),
  };
}

export type HostCalls = Awaited<ReturnType<typeof hostCalls>>;

/** The vendor answers 403 to a good key whose user is no admin of this team: that stops no other event type. */
const ofOneEventType = (failed: VendorFailure): VendorFailure =>
  failed.status === 403 ? { ...failed, kind: 'rejected' } : failed;

/** The hosts of an event type, without names. Throws `VendorRejected` for one that the key may not see or change. */
export async function readHosts(
  { read }: HostCalls,
  { teamId, eventTypeId }: HostTarget,
): Promise<{ hosts: Host[]; everybody: boolean }> {
  const { hosts = [], assignAllTeamMembers = false } = await read('teams.eventType', (calcom) =>
    calcom.getTeamEventType(teamId, eventTypeId),
  );
  return { hosts: hosts.map(toHost), everybody: assignAllTeamMembers };
}

export const toHost = ({ userId, mandatory, priority }: Host): Host => ({
  userId,
  ...(mandatory === undefined ? {} : { mandatory }),
  ...(priority === undefined ? {} : { priority }),
});

/** The vendor's own code of a refusal; null: this error is none. */
export function refusalOf(error: unknown): { code: string; reason: string } | null {
  const found = findFailure(error);
  if (found?.type !== 'VendorRejected') return null;
  const [detail] = (found.details ?? []) as { code?: string }[];
  const code = detail?.code ?? 'unknown';
  return { code, reason: reasons[code] ?? `Cal.com has refused it (${code})` };
}

const reasons: Record<string, string> = {
  NotFoundException: 'Cal.com does not have this event type (any more): compare the event types',
  ForbiddenException: "the user of the company's key is no admin of this event type's team",
};
