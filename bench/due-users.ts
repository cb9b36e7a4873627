import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { connectDatabase } from '../db/connect.ts';
import { migrateToLatest } from '../db/migrate.ts';
import { loadMasterKeys } from '../platform/master-keys.ts';
import { createVault } from '../platform/vault.ts';
import { temporaryDataFolder } from '../scripts/stack/data-folder.ts';
import { createLog } from '../scripts/stack/log.ts';
import { isolatedSettings } from '../scripts/stack/settings.ts';
import { startStack } from '../scripts/stack/stack.ts';
import { dispatchSettings, measureDispatch } from './due-users/dispatch.ts';
import { measureFinding } from './due-users/finding.ts';
import { fillInCompanies, fillInCrowd } from './due-users/people.ts';
import { describeDueUsers } from './due-users/report.ts';
import { readMachine } from './machine.ts';

/**
 * `npm run bench -- due-users`: how long it takes to find those who are due among a million users, beside seed
 * 004's scan on the same table, and how late the calls of a burst leave. Fails when a claim finds others than those who
 * are due, when their index is not used, or when a burst is not called once and completely.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      users: { type: 'string', default: '1000000' },
      due: { type: 'string', default: '200' },
      bursts: { type: 'string', default: '5' },
    },
  });
  const users = Number(values.users);
  const dueUsers = Number(values.due);
  const bursts = Number(values.bursts);
  if (!(users > 0 && dueUsers > 0 && bursts > 0)) {
    throw new RangeError('--users, --due and --bursts must be positive numbers');
  }
  const machine = readMachine();
  const settings = await isolatedSettings(['postgres', 'temporal', 'emulators'], temporaryDataFolder());
  Object.assign(settings.variables, dispatchSettings);
  const stack = await startStack({ settings, log: createLog(), removeData: true });
  const { env } = settings;
  try {
    await migrateToLatest(env.DATABASE_URL);
    const { db, pool, close } = connectDatabase(env.DATABASE_URL, 4);
    const vault = createVault(await loadMasterKeys(env));
    const companies = await fillInCompanies(db, vault);
    await fillInCrowd(db, companies, users);
    process.stdout.write(`${users} users are in the table\n`);
    const finding = await measureFinding(pool, {
      dueUsers,
      rounds: 100,
      emptyRounds: 200,
      seedRounds: 5,
    });
    const measured = await measureDispatch({ db, vault, stack }, companies, { users: dueUsers, bursts });
    await close();
    const page = describeDueUsers(finding, measured, { users, dueUsers }, machine);
    const result = { setup: { users, dueUsers, bursts }, machine, finding, bursts: measured };
    const results = new URL('./results/', import.meta.url);
    await writeFile(new URL('due-users.json', results), `${JSON.stringify(result, null, 2)}\n`);
    await writeFile(new URL('due-users.md', results), page);
    process.stdout.write(`\n${page}`);
  } finally {
    await stack.stop();
  }
}
