import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';
import { countStandingAlerts } from '../../db/alerts-read.ts';
import { lastHeartbeat, listChecks } from '../../db/health.ts';
import type { Database } from '../../db/tables/database.ts';
import { alertKinds } from '../../shared/alerts.ts';
import { HEARTBEAT } from '../../shared/health.ts';

/** How the parts do and which alerts stand, read when somebody asks; without samples while the database is away. */
export function addHealthGauges(registry: Registry, pool: pg.Pool): void {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const registers = [registry];
  const fill = async (gauge: Gauge<string>, read: () => Promise<void>) => {
    gauge.reset();
    await read().catch(() => gauge.reset());
  };
  new Gauge({
    name: 'switchboard_component_up',
    help: '1: the part did well when it was last looked at; 0: it did not.',
    labelNames: ['component'],
    registers,
    collect() {
      return fill(this, async () => {
        const parts = (await listChecks(db)).filter(({ name }) => name !== HEARTBEAT);
        for (const { name, status } of parts) this.set({ component: name }, status === 'up' ? 1 : 0);
      });
    },
  });
  new Gauge({
    name: 'switchboard_component_latency_seconds',
    help: 'How long the last look at the part took.',
    labelNames: ['component'],
    registers,
    collect() {
      return fill(this, async () => {
        for (const { name, latencyMs } of await listChecks(db)) {
          if (latencyMs !== null) this.set({ component: name }, latencyMs / 1_000);
        }
      });
    },
  });
  new Gauge({
    name: 'switchboard_alerts_standing',
    help: 'Alerts that stand now, by kind.',
    labelNames: ['kind'],
    registers,
    collect() {
      return fill(this, async () => {
        const standing = await countStandingAlerts(db);
        for (const kind of Object.keys(alertKinds)) this.set({ kind }, standing.get(kind) ?? 0);
      });
    },
  });
  new Gauge({
    name: 'switchboard_heartbeat_age_seconds',
    help: 'Since the last heartbeat that went through; NaN: there has been none, or the database is away.',
    registers,
    async collect() {
      const beat = await lastHeartbeat(db).catch(() => null);
      this.set(beat ? beat.ageMs / 1_000 : Number.NaN);
    },
  });
}
