import { requiredInProduction, type Settings, schema } from './settings/schema.ts';
import { atEmulators, atRealVendors, type VendorUrls } from './settings/vendors.ts';

/** Checked settings; outside production, addresses that were not given point at the embedded parts here. */
export type Env = Settings &
  VendorUrls & { DATABASE_URL: string; TEMPORAL_ADDRESS: string; SMTP_URL: string };

/** Thrown at start with every problem of the settings at once. */
export class InvalidEnvironmentError extends Error {
  override readonly name = 'InvalidEnvironmentError';
}

/** Reads and checks the settings. Throws one `InvalidEnvironmentError` that lists all problems. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  const problems = (parsed.error?.issues ?? []).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  const production = given.NODE_ENV === 'production';
  if (production) {
    const missing = requiredInProduction.filter((name) => given[name] === undefined);
    problems.push(...missing.map((name) => `  ${name}: required in production`));
  }
  if (given.FILES_DRIVER === 's3' && !given.S3_BUCKET)
    problems.push('  S3_BUCKET: required with FILES_DRIVER=s3');
  if (!parsed.success || problems.length > 0) {
    throw new InvalidEnvironmentError(
      `The environment has ${problems.length} problem(s); see .env.example:\n${problems.join('\n')}`,
    );
  }
  const settings = parsed.data;
  return {
    ...(production ? atRealVendors(settings) : atEmulators(settings)),
    DATABASE_URL:
      settings.DATABASE_URL ?? `postgres://postgres:postgres@127.0.0.1:${settings.POSTGRES_PORT}/switchboard`,
    TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS ?? `127.0.0.1:${settings.TEMPORAL_PORT}`,
    SMTP_URL: settings.SMTP_URL ?? `smtp://127.0.0.1:${settings.SMTP_PORT}`,
  };
}

/** The environment for a child process: this process's own, with some values replaced. */
export function inheritEnv(changes: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes };
}
