import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from './env.ts';
import { InvalidMasterKeyError } from './vault.ts';

/**
 * The keys of `SWITCHBOARD_MASTER_KEYS`. In development one is made on first use and kept in the data
 * folder; production must bring its own. Processes that start together agree on one file.
 */
export async function loadMasterKeys(env: Env): Promise<string> {
  if (env.SWITCHBOARD_MASTER_KEYS) return env.SWITCHBOARD_MASTER_KEYS;
  if (env.NODE_ENV === 'production') {
    throw new InvalidMasterKeyError(
      'SWITCHBOARD_MASTER_KEYS: required in production; make one with: echo "1:$(openssl rand -base64 32)"',
    );
  }
  const path = join(env.SWITCHBOARD_DATA_DIR, 'master-keys');
  await mkdir(env.SWITCHBOARD_DATA_DIR, { recursive: true });
  try {
    await writeFile(path, `1:${randomBytes(32).toString('base64')}`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFile(path, 'utf8');
}
