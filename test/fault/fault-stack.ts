import { connectDatabase } from '../../db/connect.ts';
import { migrateToLatest } from '../../db/migrate.ts';
import { calendarAccount } from '../../db/seed/calendar-account.ts';
import type { SeedCompany } from '../../db/seed/companies.ts';
import { fillInCompany } from '../../db/seed/fill-in.ts';
import type { CompanyLimits } from '../../db/tables/companies.ts';
import { loadMasterKeys } from '../../platform/master-keys.ts';
import { createTemporalClient } from '../../platform/temporal.ts';
import { createVault } from '../../platform/vault.ts';
import { temporaryDataFolder } from '../../scripts/stack/data-folder.ts';
import type { Log } from '../../scripts/stack/log.ts';
import { isolatedSettings } from '../../scripts/stack/settings.ts';
import { startStack } from '../../scripts/stack/stack.ts';
import { answersOk, waitUntil } from '../../scripts/stack/wait-until.ts';
import { openLimits } from './companies.ts';
import { emulatorControl } from './emulator-control.ts';

export interface FaultStackOptions {
  companies: SeedCompany[];
  log: Log;
  durable: boolean;
  /** Settings of the API and the workers. */
  variables?: Record<string, string>;
  /** Over limits that stop nobody. */
  limitsOf?: (company: number) => CompanyLimits;
  signal?: AbortSignal;
}

/** A fresh stack with an API process and no worker yet. */
export async function startFaultStack(options: FaultStackOptions) {
  const { companies, log, durable, signal } = options;
  const settings = await isolatedSettings(['postgres', 'temporal', 'emulators'], temporaryDataFolder());
  Object.assign(settings.variables, { LOG_LEVEL: 'error', ...options.variables });
  const stack = await startStack({
    settings,
    log,
    durable,
    removeData: true,
    ...(signal ? { signal } : {}),
  });
  try {
    const { env } = settings;
    const emulators = `http://127.0.0.1:${env.EMULATORS_PORT}`;
    const control = emulatorControl(emulators);
    await migrateToLatest(env.DATABASE_URL);
    const { db, close } = connectDatabase(env.DATABASE_URL, 4);
    const vault = createVault(await loadMasterKeys(env));
    for (const [index, company] of companies.entries()) {
      await fillInCompany(db, vault, company, { ...openLimits, ...options.limitsOf?.(index) });
      await control.seed({ calcom: calendarAccount(company, (index + 1) * 1_000) });
    }
    const api = `http://127.0.0.1:${env.PORT}`;
    stack.startEntry('api', 'api/main.ts');
    await waitUntil('the API', () => answersOk(`${api}/readyz`), 60_000, signal);
    const temporal = await createTemporalClient(env);
    return {
      stack,
      db,
      vault,
      control,
      temporal,
      addresses: { emulators, apiUrl: api, webhookUrl: `${api}/api/webhooks/retell` },
      async stop(): Promise<void> {
        await Promise.allSettled([close(), temporal.connection.close()]);
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

export type FaultStack = Awaited<ReturnType<typeof startFaultStack>>;
