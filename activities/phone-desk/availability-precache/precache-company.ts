import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, Context } from '@temporalio/activity';
import { clearAlert, raiseAlert } from '../../../db/alerts.ts';
import { listOffers } from '../../../db/phone-desk/availability/precache.ts';
import type { Deps } from '../../../platform/deps.ts';
import { findFailure, isFailure } from '../../../shared/failures.ts';
import type { PrecacheOutcome } from '../../../shared/phone-desk/precache.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Inventory A. */
const DAYS_AHEAD = 7;
/** Between two questions it may rest for a minute: longer than a worker may be silent. */
const HEARTBEAT_MS = 5_000;
/** Looking ahead must leave a company's calls to its calendar for those who book. */
const SHARE_OF_QUOTA = 1 / 3;

/**
 * Asks a company's calendar for the free times of the next seven days, as far as what is known does not hold for
 * another `holdMs`. A repeat goes on where the attempt before it was.
 */
export async function precacheCompany(
  deps: Deps,
  companyId: string,
  holdMs: number,
): Promise<PrecacheOutcome> {
  const { heartbeat } = Context.current();
  let done = Number(activityInfo().heartbeatDetails ?? 0);
  const pulse = setInterval(() => heartbeat(done), HEARTBEAT_MS);
  try {
    return await askCalendar(deps, companyId, holdMs, done, (count) => {
      done = count;
      heartbeat(done);
    });
  } finally {
    clearInterval(pulse);
  }
}

/** `skip` offers have been asked for by an attempt before this one; `note` is told how many there are now. */
async function askCalendar(
  deps: Deps,
  companyId: string,
  holdMs: number,
  skip: number,
  note: (done: number) => void,
): Promise<PrecacheOutcome> {
  const { cancellationSignal } = Context.current();
  const offers = await listOffers(deps.db, companyId);
  const { limits } = await deps.companySettings(companyId);
  const gapMs = MINUTE_MS / Math.max(1, limits.apiCallsPerMinute * SHARE_OF_QUOTA);
  const from = deps.clock();
  const span = { from, to: new Date(from.getTime() + DAYS_AHEAD * DAY_MS) };
  const alert = { kind: 'vendor-key-refused', companyId, entity: 'calcom' } as const;
  let days = 0;
  for (const [index, offer] of offers.entries()) {
    if (index < skip) continue;
    try {
      const asked = await deps.availability.renew(offer, span, holdMs);
      note(index + 1);
      days += asked;
      if (asked === 0) continue;
    } catch (error) {
      if (!isFailure(error, 'VendorUnauthorized', 'VendorRejected')) throw error;
      if (isFailure(error, 'VendorUnauthorized')) {
        await raiseAlert(deps.db, alert);
        return 'key-refused';
      }
      // An event type that is gone there: the sync of event types sees to it.
      deps.log.warn({ companyId, reason: findFailure(error)?.message }, 'no availability of an event type');
      continue;
    }
    await clearAlert(deps.db, alert);
    await sleep(gapMs, undefined, { signal: cancellationSignal });
  }
  return days > 0 ? 'asked' : 'known';
}
