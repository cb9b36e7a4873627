import { clearAlert, settleAlerts } from '../../../db/alerts.ts';
import { saveChecks } from '../../../db/health.ts';
import { listOpenCircuits } from '../../../db/health-facts.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type CheckResult, HEARTBEAT } from '../../../shared/health.ts';
import type { HeartbeatLimits } from './limits.ts';
import { lookAtCalendar } from './look-at-calendar.ts';
import { looksAtDatabase } from './look-at-database.ts';
import { looksAtTemporal } from './look-at-temporal.ts';
import { type Look, look } from './timed.ts';

/**
 * Looks at every part at once, each within its own limit, and writes down what it found together with the alerts that
 * follow. Returns the names of what does not do well. Vendors are asked past their circuit breakers: a rested circuit
 * must not hide that the vendor is back.
 */
export async function beat(deps: Deps, limits: HeartbeatLimits): Promise<{ unwell: string[] }> {
  const startedAt = performance.now();
  const vendors: Look[] = deps.vendorChecks.map(({ vendor, ask, failure }) => ({
    ...{ name: vendor, failure, patience: 2 },
    limitMs: limits.vendorMs,
    ask: async () => {
      await ask();
      return {};
    },
  }));
  const looks = [...looksAtDatabase(deps, limits), ...looksAtTemporal(deps, limits), ...vendors];
  const [calendar, ...found] = await Promise.all([lookAtCalendar(deps, limits), ...looks.map(look)]);
  const own: CheckResult = {
    ...{ name: HEARTBEAT, ok: true, patience: 1, detail: {} },
    latencyMs: performance.now() - startedAt,
  };
  const results = [...found, ...(calendar.result ? [calendar.result] : []), own];
  const circuits = await listOpenCircuits(deps.db);

  await deps.db.transaction().execute(async (trx) => {
    await saveChecks(trx, 'heartbeat', results, calendar.result ? [] : ['calcom']);
    await calendar.note(trx);
    await settleAlerts(
      trx,
      'circuit-open',
      circuits.map(({ companyId, vendor, openings, openUntil }) => ({
        ...{ companyId, entity: vendor },
        detail: { openings, openUntil },
      })),
    );
    await clearAlert(trx, { kind: 'heartbeat-missing', companyId: null, entity: HEARTBEAT });
  });
  return { unwell: results.filter(({ ok }) => !ok).map(({ name }) => name) };
}
