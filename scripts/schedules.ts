import { readEnv } from '../platform/env.ts';
import { applySchedules, foreignSchedules, scheduleSettings } from '../platform/schedules.ts';
import { createTemporalClient } from '../platform/temporal.ts';
import { scheduleDefinitions } from '../workflows/schedules.ts';

/** `npm run schedules`: brings Temporal's schedules in line with the code; for every deployment. */
const env = readEnv();
const client = await createTemporalClient(env);
try {
  const applied = await applySchedules(client, scheduleDefinitions, scheduleSettings(env));
  for (const { id, change, paused } of applied)
    console.log(`${id}: ${change}${paused ? ', still paused' : ''}`);
  for (const id of await foreignSchedules(client, scheduleDefinitions))
    console.log(`${id}: not of this version, still runs; if it was ours: temporal schedule delete -s ${id}`);
} finally {
  await client.connection.close();
}
