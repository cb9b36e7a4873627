import { startApi } from '../../api/server.ts';
import { stripeWebhookPath } from '../../api/webhooks/stripe.ts';
import { seedCompanies } from '../../db/seed/companies.ts';
import { createDeps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { createLogger } from '../../platform/logger.ts';
import { applySchedules, scheduleSettings } from '../../platform/schedules.ts';
import { tracedClient } from '../../platform/temporal.ts';
import { connectNative, installRuntime } from '../../platform/temporal-runtime.ts';
import { selectWorkers } from '../../workers/registry.ts';
import { startWorkers } from '../../workers/start-workers.ts';
import { scheduleDefinitions } from '../../workflows/schedules.ts';
import { bundleWorkflows } from '../bundle.ts';
import { seedCalendar } from '../seed-calendar.ts';
import { seedStripe } from '../seed-stripe.ts';

/** API and workers in one process, for development: workflows start eagerly on the workers' connection. */
const env = readEnv();
installRuntime(createLogger('temporal', env.LOG_LEVEL));
const connection = await connectNative(env);
const eagerClient = tracedClient(connection, env);
const deps = await createDeps(env, { serviceName: 'switchboard', eagerClient });

const emulators = `http://127.0.0.1:${env.EMULATORS_PORT}`;
if (env.CALCOM_BASE_URL.startsWith(emulators)) await seedCalendar(emulators, seedCompanies);
if (env.STRIPE_BASE_URL.startsWith(emulators)) {
  await seedStripe(emulators, `http://127.0.0.1:${env.PORT}${stripeWebhookPath}`);
}

await applySchedules(deps.temporal, scheduleDefinitions, scheduleSettings(env));

const workers = await startWorkers(selectWorkers([]), deps, connection, await bundleWorkflows());
const api = await startApi(deps);

async function stop(): Promise<void> {
  await api.close();
  workers.shutdown();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
await workers.done;
await api.close();
await connection.close();
await deps.close();
process.exit(0);
