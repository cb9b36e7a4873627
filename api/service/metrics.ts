import type pg from 'pg';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { countPending } from '../../db/inbox-read.ts';
import { countUseToday } from '../../db/phone-desk/availability/availability-use.ts';
import { addHealthGauges } from './health-gauges.ts';

/** Measures requests; the text is in Prometheus' exposition format. */
export interface HttpMetrics {
  observe(method: string, route: string, status: number, durationMs: number): void;
  contentType: string;
  text(): Promise<string>;
}

const DURATION_BUCKETS_SEC = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A registry of its own, so that several apps can live in one process. */
export function createMetrics(pool: pg.Pool): HttpMetrics {
  const registry = new Registry();
  addHealthGauges(registry, pool);
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS_SEC,
    registers: [registry],
  });
  new Gauge({
    name: 'switchboard_inbox_pending',
    help: 'Accepted events that are not handed over yet; NaN while the database does not answer.',
    registers: [registry],
    async collect() {
      this.set(await countPending(pool).catch(() => Number.NaN));
    },
  });
  new Gauge({
    name: 'switchboard_availability_days_today',
    help: 'Days of calendars that were known (hit) or had to be asked for (miss) since midnight UTC.',
    labelNames: ['outcome'],
    registers: [registry],
    async collect() {
      const { hits, misses } = await countUseToday(pool).catch(() => ({
        hits: Number.NaN,
        misses: Number.NaN,
      }));
      this.set({ outcome: 'hit' }, hits);
      this.set({ outcome: 'miss' }, misses);
    },
  });
  return {
    observe: (method, route, status, durationMs) => {
      requests.observe({ method, route, status: String(status) }, durationMs / 1000);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
