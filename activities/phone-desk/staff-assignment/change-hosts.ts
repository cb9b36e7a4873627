import { listOtherHosts } from '../../../db/phone-desk/staff-assignment/exact-hosts.ts';
import {
  closeWrite,
  findHostTarget,
  type HostTarget,
  type HostWrite,
  notePlan,
  takeOverHosts,
  takeTurn,
} from '../../../db/phone-desk/staff-assignment/host-writes.ts';
import { failItems, readWishes } from '../../../db/phone-desk/staff-assignment/staff-assignment-run.ts';
import type { HostChange } from '../../../db/tables/staff-assignments.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { type HostCalls, hostCalls, readHosts, refusalOf } from './calendar.ts';
import { planHosts } from './plan-hosts.ts';
import { lookAgain, settleLeftWrite, writeHosts } from './write-hosts.ts';

/** As long as one attempt may take: another batch waits no longer for a worker that has died. */
const TURN_MS = 30_000;
/** How often a batch looks whether another one is ready with the event type. */
const LOOK_MS = 1_000;

/**
 * Carries out all that a batch wants of one event type, in one write: takes the turn, finds out what an earlier attempt
 * has left, reads the hosts, writes what differs, and looks again. Each attempt begins with a fresh look.
 */
export async function changeHosts(deps: Deps, batchId: string, eventTypeId: number): Promise<void> {
  const target = await findHostTarget(deps.db, batchId, eventTypeId);
  if (!target) {
    return failItems(deps.db, batchId, eventTypeId, 'the calendar does not have this event type any more');
  }
  const calls = await hostCalls(deps, target.companyId, batchId);
  for (let more = true; more; ) {
    const turn = await takeTurn(deps.db, target, batchId, TURN_MS);
    if (turn.kind === 'held') {
      const retryInMs = Math.min(turn.forMs, LOOK_MS) + 50;
      throw failure('EffectInProgress', 'another batch changes this event type', { retryInMs });
    }
    if (turn.kind === 'left') await settleLeftWrite(deps, calls, target, turn.write);
    else more = await inTurn(deps, calls, target, turn.write);
  }
}

/** True: there is more to do, in another turn. */
async function inTurn(deps: Deps, calls: HostCalls, target: HostTarget, write: HostWrite): Promise<boolean> {
  const { db } = deps;
  const { batchId } = write;
  const { eventTypeId } = target;
  const refuse = async (reason: string, positions?: number[]) => {
    await failItems(db, batchId, eventTypeId, reason, positions);
    await closeWrite(db, write.id);
  };
  if ((await readWishes(db, batchId, eventTypeId)).length === 0) {
    await closeWrite(db, write.id);
    return false;
  }
  let found: Awaited<ReturnType<typeof readHosts>>;
  try {
    found = await readHosts(calls, target);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    await refuse(refusal.reason);
    return false;
  }
  if (found.everybody) {
    await refuse('whoever is in the team hosts it: change that at Cal.com first');
    return false;
  }
  await listOtherHosts(db, batchId, target, found.hosts);
  const wishes = await readWishes(db, batchId, eventTypeId);
  const plan = planHosts(found.hosts, wishes);
  if (!(await notePlan(db, write, plan))) {
    throw failure('EffectInProgress', 'another batch has taken its turn', { retryInMs: LOOK_MS });
  }
  const planned = { ...write, changes: plan.changes };
  const others = wishes.filter(({ userId }) => !plan.changes.some((change) => change.userId === userId));
  if (plan.changes.length === 0) {
    await takeOverHosts(db, target, planned, found.hosts, others);
    return false;
  }
  try {
    await writeHosts(deps, calls, target, planned, plan.hosts);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    const strangers = await notInTeam(calls, target, plan.changes);
    if (strangers.length === 0) await refuse(refusal.reason);
    else await refuse("is not in the event type's team at Cal.com: add them there, then retry", strangers);
    return strangers.length > 0;
  }
  await lookAgain(deps, calls, target, planned, others);
  return false;
}

/** Who is to be put on it and is not in the team; for one of them Cal.com refuses the whole list. */
async function notInTeam(
  { read }: HostCalls,
  { teamId }: HostTarget,
  changes: HostChange[],
): Promise<number[]> {
  const members = new Set<number>();
  try {
    for (let skip = 0, more = true; more; ) {
      const page = await read('teams.memberships', (calcom) => calcom.listMembers(teamId, skip));
      for (const { userId } of page.items) members.add(userId);
      skip += page.items.length;
      more = page.more;
    }
  } catch (error) {
    if (refusalOf(error)) return [];
    throw error;
  }
  return changes
    .filter(({ userId, action }) => action === 'assign' && !members.has(userId))
    .map(({ position }) => position);
}
