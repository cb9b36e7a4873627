import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedCompanies } from '../../db/seed/companies.ts';
import { fillInCompany } from '../../db/seed/fill-in.ts';
import { createCalcomEmulator } from '../../integrations/calcom/emulator.ts';
import { createSmtpEmulator } from '../../integrations/smtp/emulator.ts';
import { createDeps, type Deps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { createEmulatorHost } from '../../scripts/emulators/host.ts';
import { seedCalendar } from '../../scripts/seed-calendar.ts';
import { openCalendar, type TestCalendar } from './calendar.ts';
import { createTestDatabase } from './database.ts';

/** What the phone desk's activities need, without Temporal: database, calendar and mail. */
export interface ActivityBed {
  deps: Deps;
  emulatorsUrl: string;
  calendar: TestCalendar;
  /** The event type of a staff member for a service. */
  event(
    email: string,
    service: string,
  ): Promise<{ companyId: string; staffId: string; serviceId: string; eventTypeId: number }>;
  close(): Promise<void>;
}

export async function openActivityBed(settings: Record<string, string> = {}): Promise<ActivityBed> {
  const dataDir = await mkdtemp(join(tmpdir(), 'activity-bed-'));
  const database = await createTestDatabase();
  const emulators = await createEmulatorHost({
    dataDir,
    port: 0,
    emulators: [createCalcomEmulator(), createSmtpEmulator({ port: 0 })],
  });
  await seedCalendar(emulators.url, seedCompanies);
  const env = readEnv({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    SWITCHBOARD_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    EMULATORS_PORT: String(emulators.port),
    SMTP_PORT: String(emulators.smtpPort),
    ...settings,
  });
  const deps = await createDeps(env);
  for (const company of seedCompanies) {
    await fillInCompany(deps.db, deps.vault, company, { apiCallsPerMinute: 100_000 });
  }
  return {
    deps,
    emulatorsUrl: emulators.url,
    calendar: openCalendar(emulators.url),
    async event(email, service) {
      const row = await deps.db
        .selectFrom('event_types')
        .innerJoin('staff', 'staff.id', 'event_types.staff_id')
        .innerJoin('services', 'services.id', 'event_types.service_id')
        .where('staff.email', '=', email)
        .where('services.slug', '=', service)
        .select(['event_types.company_id', 'staff_id', 'service_id', 'calcom_event_type_id'])
        .executeTakeFirstOrThrow();
      const { company_id: companyId, staff_id: staffId, service_id: serviceId } = row;
      return { companyId, staffId, serviceId, eventTypeId: row.calcom_event_type_id };
    },
    async close() {
      await deps.close();
      await emulators.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
