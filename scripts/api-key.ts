import { parseArgs } from 'node:util';
import { createApiKey } from '../db/api-keys.ts';
import { type Company, findCompanyBySlug } from '../db/companies.ts';
import { connectDatabase, type Db } from '../db/connect.ts';
import { InvalidEnvironmentError, readEnv } from '../platform/env.ts';

const USAGE = `Usage: npm run api-key -- (--company <slug> | --operator) --name <label>

Makes a key of the API and prints it, this once: only its hash is stored.

  --company <slug>  a key of this company, which sees what is the company's
  --operator        a key that sees every company
  --name <label>    stands in the audit log and as the author of answers
  --help            this text`;

/** Thrown for an order that cannot be carried out as it was given. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  company: { type: 'string' },
  operator: { type: 'boolean', default: false },
  name: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

function readOrder() {
  try {
    const { values } = parseArgs({ options });
    return { ...values, name: values.name?.trim() };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** `npm run api-key`: the key alone goes to stdout, so that a script can take it. */
async function main(): Promise<void> {
  const { company: slug, operator, name, help } = readOrder();
  if (help) return console.log(USAGE);
  if (!name) throw new UsageError('--name is missing');
  if ((slug === undefined) !== operator) throw new UsageError('give either --company or --operator');

  const { db, close } = connectDatabase(readEnv().DATABASE_URL, 2);
  try {
    const company = slug === undefined ? null : await openCompany(db, slug);
    const { id, key } = await createApiKey(db, { companyId: company?.id ?? null, name });
    console.error(`Key ${id}, "${name}", of ${company?.name ?? 'an operator'}. It is not shown again:`);
    console.log(key);
  } finally {
    await close();
  }
}

async function openCompany(db: Db, slug: string): Promise<Company> {
  const company = await findCompanyBySlug(db, slug);
  if (!company) throw new UsageError(`there is no company "${slug}"`);
  if (!company.active) throw new UsageError(`the company "${slug}" is closed: no key opens it`);
  return company;
}

await main().catch((error: unknown) => {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    console.error(error instanceof InvalidEnvironmentError ? error.message : error);
    process.exitCode = 1;
  }
});
