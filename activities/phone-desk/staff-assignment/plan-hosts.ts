import type { HostPlan } from '../../../db/phone-desk/staff-assignment/host-writes.ts';
import type { Wish } from '../../../db/phone-desk/staff-assignment/staff-assignment-run.ts';
import type { Host } from '../../../shared/phone-desk/assignments.ts';

/** The hosts of an event type as they are to be, and what that means for each assignment. */
export interface PlannedHosts extends HostPlan {
  hosts: Host[];
}

const CHANGED_SINCE = 'not undone: it was changed since';
const ASKED_SINCE = 'not undone: a later batch has asked for it';

/**
 * What is to be written so that the wishes come true. The others stay as they are, with their settings; an undo touches
 * nobody who is not as its batch has left them.
 */
export function planHosts(current: Host[], wishes: Wish[]): PlannedHosts {
  const plan: PlannedHosts = { hosts: [...current], changes: [], before: [], settled: [] };
  for (const { askedSince, undoes, ...change } of wishes) {
    const { position, userId, action } = change;
    const host = plan.hosts.find((each) => each.userId === userId);
    const asWished = (host !== undefined) === (action === 'assign');
    if (undoes && (askedSince || asWished || !isAsLeft(host, undoes.host))) {
      plan.settled.push({ position, status: 'skipped', reason: askedSince ? ASKED_SINCE : CHANGED_SINCE });
    } else if (asWished) {
      plan.settled.push({ position, status: 'unchanged', reason: null });
    } else {
      plan.changes.push(change);
      if (host) plan.before.push(host);
      plan.hosts = host
        ? plan.hosts.filter((each) => each.userId !== userId)
        : [...plan.hosts, undoes?.host ?? { userId }];
    }
  }
  return plan;
}

/** Somebody who was put on it and whose settings were changed since is no matter of the undo any more. */
const isAsLeft = (host: Host | undefined, left: Host | null) =>
  !host ||
  !left ||
  ((host.mandatory ?? false) === (left.mandatory ?? false) &&
    (host.priority ?? null) === (left.priority ?? null));
