import { readEnv } from '../platform/env.ts';
import { applySchedules } from '../platform/schedules.ts';
import { createTemporalClient } from '../platform/temporal.ts';
import { scheduleDefinitions } from './schedules/definitions.ts';

/** `npm run schedules`: brings Temporal's schedules in line with the code; for every deployment. */
const env = readEnv();
const client = await createTemporalClient(env);
try {
  const applied = await applySchedules(client, scheduleDefinitions, {
    dailyCallsSweepMs: env.DAILY_CALLS_SWEEP_INTERVAL_MS,
  });
  for (const { id, change, paused } of applied)
    console.log(`${id}: ${change}${paused ? ', still paused' : ''}`);
} finally {
  await client.connection.close();
}
