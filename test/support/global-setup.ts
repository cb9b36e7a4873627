import type { TestProject } from 'vitest/node';
import { migrateToLatest } from '../../db/migrate.ts';
import { bundleWorkflows } from '../../scripts/bundle.ts';
import { sweepTemporaryFolders, temporaryDataFolder } from '../../scripts/stack/data-folder.ts';
import { createLog, silentLog } from '../../scripts/stack/log.ts';
import { ensureDatabase, postgresUrl } from '../../scripts/stack/postgres.ts';
import { isolatedSettings } from '../../scripts/stack/settings.ts';
import { startStack } from '../../scripts/stack/stack.ts';
import { binaries, findBinary } from '../../scripts/temporal-binary.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Maintenance database of the run's PostgreSQL. */
    postgresAdminUrl: string;
    /** Name of the migrated database that tests are cloned from. */
    templateDatabase: string;
    temporalAddress: string;
    /** Path of the time-skipping test server. */
    temporalTestServer: string;
    /** Path of the prebuilt workflow bundle. */
    workflowBundle: string;
    emulatorsUrl: string;
  }
}

const TEMPLATE = 'switchboard_template';

/** One PostgreSQL, one Temporal dev server, one emulator host and one workflow bundle for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  sweepTemporaryFolders();
  const dataDir = temporaryDataFolder();
  const settings = await isolatedSettings(['postgres', 'temporal', 'emulators'], dataDir);
  const { ports } = settings;
  const terminal = createLog(process.stderr);
  const log = ['debug', 'trace'].includes(settings.env.LOG_LEVEL) ? terminal : silentLog;
  const starting = startStack({ settings, log, durable: false, removeData: true });
  try {
    const [stack, testServer, bundle] = await Promise.all([
      starting,
      findBinary(binaries.testServer, { say: terminal.say }),
      bundleWorkflows(),
    ]);
    const adminUrl = postgresUrl(ports.POSTGRES_PORT, 'postgres');
    await ensureDatabase(adminUrl, TEMPLATE);
    await migrateToLatest(postgresUrl(ports.POSTGRES_PORT, TEMPLATE));

    project.provide('postgresAdminUrl', adminUrl);
    project.provide('templateDatabase', TEMPLATE);
    project.provide('temporalAddress', settings.env.TEMPORAL_ADDRESS);
    project.provide('temporalTestServer', testServer);
    project.provide('workflowBundle', bundle);
    project.provide('emulatorsUrl', `http://127.0.0.1:${ports.EMULATORS_PORT}`);
    return stack.stop;
  } catch (error) {
    await starting.then((stack) => stack.stop()).catch(() => {});
    throw error;
  }
}
