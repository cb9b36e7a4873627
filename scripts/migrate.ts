import { parseArgs } from 'node:util';
import { connectDatabase } from '../db/connect.ts';
import { migrateDown, migrateToLatest } from '../db/migrate.ts';
import { seedCompanies } from '../db/seed/companies.ts';
import { fillInCompany } from '../db/seed/fill-in.ts';
import { readEnv } from '../platform/env.ts';
import { loadMasterKeys } from '../platform/master-keys.ts';
import { createVault } from '../platform/vault.ts';

/** `npm run migrate [-- --seed | --down]`: brings the schema up to date, or the newest step back. */
const { seed, down } = parseArgs({
  options: { seed: { type: 'boolean', default: false }, down: { type: 'boolean', default: false } },
}).values;
const env = readEnv();
const applied = await (down ? migrateDown(env.DATABASE_URL) : migrateToLatest(env.DATABASE_URL));
for (const step of applied) console.log(step);
if (seed) {
  const { db, close } = connectDatabase(env.DATABASE_URL, 2);
  const vault = createVault(await loadMasterKeys(env));
  for (const company of seedCompanies) await fillInCompany(db, vault, company);
  await close();
  console.log(`companies: ${seedCompanies.map(({ slug }) => slug).join(', ')}`);
}
