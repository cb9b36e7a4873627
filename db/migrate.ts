import { Kysely, type Migration, type MigrationResultSet, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import * as companies from './migrations/0001_companies.ts';
import * as peopleAndCalls from './migrations/0002_people_and_calls.ts';
import * as appointments from './migrations/0003_appointments.ts';
import * as inbox from './migrations/0004_inbox.ts';
import * as effectsAndLimits from './migrations/0005_effects_and_limits.ts';
import * as reviewsAndAudit from './migrations/0006_reviews_and_audit.ts';
import * as limitFunctions from './migrations/0007_limit_functions.ts';
import * as beginEffect from './migrations/0008_begin_effect.ts';
import * as listIndexes from './migrations/0009_list_indexes.ts';
import * as dailyCalls from './migrations/0010_daily_calls.ts';
import * as callPlaces from './migrations/0011_call_places.ts';
import * as calendarChanges from './migrations/0012_calendar_changes.ts';
import * as limitOfNothing from './migrations/0013_limit_of_nothing.ts';
import * as alerts from './migrations/0014_alerts.ts';
import * as availability from './migrations/0015_availability.ts';
import * as operations from './migrations/0016_operations.ts';
import * as filesAndPrivacy from './migrations/0017_files_and_privacy.ts';
import * as subscriptions from './migrations/0018_subscriptions.ts';
import * as calendarSync from './migrations/0019_calendar_sync.ts';
import * as billing from './migrations/0020_billing.ts';
import * as channels from './migrations/0021_channels.ts';
import * as onboarding from './migrations/0022_onboarding.ts';
import * as privacyRequests from './migrations/0023_privacy_requests.ts';
import * as personExports from './migrations/0024_exports.ts';
import * as staffAssignments from './migrations/0025_staff_assignments.ts';
import * as smsOptOuts from './migrations/0026_sms_opt_outs.ts';
import * as billingMeasure from './migrations/0027_billing_measure.ts';

/** Named by number; Kysely refuses a list whose past has changed. */
const migrations: Record<string, Migration> = {
  '0001_companies': companies,
  '0002_people_and_calls': peopleAndCalls,
  '0003_appointments': appointments,
  '0004_inbox': inbox,
  '0005_effects_and_limits': effectsAndLimits,
  '0006_reviews_and_audit': reviewsAndAudit,
  '0007_limit_functions': limitFunctions,
  '0008_begin_effect': beginEffect,
  '0009_list_indexes': listIndexes,
  '0010_daily_calls': dailyCalls,
  '0011_call_places': callPlaces,
  '0012_calendar_changes': calendarChanges,
  '0013_limit_of_nothing': limitOfNothing,
  '0014_alerts': alerts,
  '0015_availability': availability,
  '0016_operations': operations,
  '0017_files_and_privacy': filesAndPrivacy,
  '0018_subscriptions': subscriptions,
  '0019_calendar_sync': calendarSync,
  '0020_billing': billing,
  '0021_channels': channels,
  '0022_onboarding': onboarding,
  '0023_privacy_requests': privacyRequests,
  '0024_exports': personExports,
  '0025_staff_assignments': staffAssignments,
  '0026_sms_opt_outs': smsOptOuts,
  '0027_billing_measure': billingMeasure,
};

async function migrate(
  connectionString: string,
  run: (migrator: Migrator) => Promise<MigrationResultSet>,
): Promise<string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 1 }) }),
  });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error, results = [] } = await run(migrator);
    if (error) throw error;
    return results.map((result) => `${result.direction} ${result.migrationName}`);
  } finally {
    await db.destroy();
  }
}

/** Applies what is missing; returns the names of what was applied. Safe to run from several processes. */
export function migrateToLatest(connectionString: string): Promise<string[]> {
  return migrate(connectionString, (migrator) => migrator.migrateToLatest());
}

/** Takes the newest migration back; returns its name. */
export function migrateDown(connectionString: string): Promise<string[]> {
  return migrate(connectionString, (migrator) => migrator.migrateDown());
}
