import type { Person } from '../../../db/phone-desk/staff-assignment/host-writes.ts';
import {
  closeWrite,
  type HostTarget,
  type HostWrite,
  takeOverHosts,
  writtenAlongside,
} from '../../../db/phone-desk/staff-assignment/host-writes.ts';
import type { HostChange } from '../../../db/tables/staff-assignments.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Effect } from '../../../platform/effects.ts';
import { failure } from '../../../shared/failures.ts';
import type { Host } from '../../../shared/phone-desk/assignments.ts';
import { type HostCalls, readHosts, refusalOf } from './calendar.ts';

type Written = { eventTypeId: number };

const areCarriedOut = (changes: HostChange[], hosts: { userId: number }[]) =>
  changes.every(
    ({ userId, action }) => hosts.some((host) => host.userId === userId) === (action === 'assign'),
  );

/** What doing a write and finding out about it share. */
function writeEffect(
  { client, common }: HostCalls,
  { teamId, eventTypeId }: HostTarget,
  write: HostWrite,
): Omit<Effect<Written>, 'perform'> {
  const { id, changes } = write;
  return {
    ...common,
    key: `hosts:${id}`,
    operation: 'teams.updateEventType',
    also: () => writtenAlongside(id),
    async lookUp() {
      try {
        const { hosts = [] } = await client.getTeamEventType(teamId, eventTypeId);
        return areCarriedOut(changes ?? [], hosts) ? { eventTypeId } : null;
      } catch (error) {
        // Nothing is left of a write to what is gone or not ours any more.
        if (common.classify(error).kind === 'rejected') return null;
        throw error;
      }
    },
  };
}

/**
 * Sets the hosts of an event type as a whole, once. The list is fresh: a write that did not succeed is not repeated
 * later with what was read before, but abandoned, and planned anew. Throws `VendorRejected`.
 */
export async function writeHosts(
  deps: Deps,
  calls: HostCalls,
  target: HostTarget,
  write: HostWrite,
  hosts: Host[],
): Promise<void> {
  const { teamId, eventTypeId } = target;
  try {
    await deps.effects.once({
      ...writeEffect(calls, target, write),
      async perform() {
        await calls.client.setTeamHosts(teamId, eventTypeId, hosts);
        return { eventTypeId };
      },
    });
  } catch (error) {
    if (refusalOf(error)?.code !== 'abandoned') throw error;
    throw failure('EffectInProgress', 'another batch has taken its turn', { retryInMs: 1_000 });
  }
}

/** Finds out what became of a write that an earlier attempt has left, makes sure that it happens no more, and closes it. */
export async function settleLeftWrite(
  deps: Deps,
  calls: HostCalls,
  target: HostTarget,
  write: HostWrite,
): Promise<void> {
  const written = write.changes && (await deps.effects.abandon(writeEffect(calls, target, write)));
  if (written) await lookAgain(deps, calls, target, write, []);
  else await closeWrite(deps.db, write.id);
}

/** Reads what the calendar has now, so that a change of somebody else at the same moment is seen, and ends the turn. */
export async function lookAgain(
  deps: Deps,
  calls: HostCalls,
  target: HostTarget,
  write: HostWrite,
  others: Person[],
): Promise<void> {
  let hosts: Host[];
  try {
    ({ hosts } = await readHosts(calls, target));
  } catch (error) {
    if (!refusalOf(error)) throw error;
    return closeWrite(deps.db, write.id);
  }
  await takeOverHosts(deps.db, target, write, hosts, others);
}
