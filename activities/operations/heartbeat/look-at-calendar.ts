import { clearAlert, raiseAlert } from '../../../db/alerts.ts';
import type { Db } from '../../../db/connect.ts';
import { companyToAsk } from '../../../db/health-facts.ts';
import { PERMIT_GRACE_MS, permitPadMs, takePermitRow } from '../../../db/limits.ts';
import type { Deps } from '../../../platform/deps.ts';
import { calcomQuota } from '../../../shared/calcom-quota.ts';
import type { VendorFailure } from '../../../shared/failures.ts';
import type { CheckResult } from '../../../shared/health.ts';
import type { HeartbeatLimits } from './limits.ts';
import { look } from './timed.ts';

const MINUTE_MS = 60_000;
/** They say that Cal.com answers, if not what we would like to hear. */
const ANSWERED = new Set<VendorFailure['kind']>(['unauthorized', 'rate-limited', 'rejected']);

/** null: none came. */
type Answer = VendorFailure | 'well' | 'not-asked' | null;

/** What was found, and what it says of one company's key. */
export interface CalendarFinding {
  /** null: nobody could be asked this time; what is known stays. */
  result: CheckResult | null;
  note(db: Db): Promise<void>;
}

const NOTHING: CalendarFinding = { result: null, note: async () => {} };

/**
 * Asks Cal.com with one company's key, each minute another's: its own account is all there is. The question counts
 * against the company's limit like every other; when that is used up, others prove that Cal.com answers.
 */
export async function lookAtCalendar(deps: Deps, limits: HeartbeatLimits): Promise<CalendarFinding> {
  const companyId = await companyToAsk(deps.db, Math.floor(deps.clock().getTime() / MINUTE_MS));
  if (!companyId) return NOTHING;
  let answered: Answer = null;
  const result = await look({
    name: 'calcom',
    limitMs: limits.vendorMs,
    patience: 2,
    failure: deps.calcomFailure,
    async ask() {
      if (!(await mayAsk(deps, companyId))) {
        answered = 'not-asked';
        return {};
      }
      try {
        await (await deps.calcom(companyId)).me();
        answered = 'well';
      } catch (error) {
        const failed = deps.calcomFailure(error);
        if (!ANSWERED.has(failed.kind)) throw error;
        answered = failed;
      }
      return {};
    },
  });
  return answered === 'not-asked' ? NOTHING : { result, note: (db) => noteKey(db, companyId, answered) };
}

async function mayAsk({ companySettings, pool }: Deps, companyId: string): Promise<boolean> {
  const { limits } = await companySettings(companyId);
  const quota = calcomQuota(companyId, limits);
  const { granted } = await takePermitRow(pool, {
    ...quota,
    holder: 'heartbeat',
    graceMs: PERMIT_GRACE_MS,
    padMs: permitPadMs(quota.windowMs),
  });
  return granted;
}

async function noteKey(db: Db, companyId: string, answered: Answer): Promise<void> {
  const alert = { kind: 'vendor-key-refused', companyId, entity: 'calcom' } as const;
  if (answered === 'well') await clearAlert(db, alert);
  else if (answered !== null && answered !== 'not-asked' && answered.kind === 'unauthorized') {
    await raiseAlert(db, { ...alert, detail: { status: answered.status ?? null } });
  }
}
