import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { hydratePostgresLinks, postgresPackageName } from '../postgres-links.mjs';
import { type Account, canEnter } from './account.ts';
import type { Log } from './log.ts';

/** Where PostgreSQL's programs and data are, both reachable for the user that it runs as. */
export interface PostgresFolder {
  /** Owned by the account; the cluster is made inside. */
  root: string;
  /** Folder with `initdb` and `postgres`. */
  bin: string;
}

/**
 * `<dataDir>/postgres` and the package's binaries. When the account cannot reach one of them (root's clone in
 * a folder that only root can enter), a folder under /var/tmp that is named after the data folder takes over.
 */
export function postgresFolder(dataDir: string, account: Account | undefined, log: Log): PostgresFolder {
  const packaged = packagedPostgres();
  mkdirSync(dataDir, { recursive: true });
  const outside = outsideFolder(dataDir);
  const dataOutside = !canEnter(dataDir, account) || (hasCluster(outside) && !hasCluster(dataDir));
  const binariesOutside = !canEnter(join(packaged, 'native', 'bin'), account);
  if (dataOutside || binariesOutside) makeOutside(outside);

  const root = join(dataOutside ? outside : dataDir, 'postgres');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  if (account) chownSync(root, account.uid, account.gid);
  if (dataOutside) log.say(`PostgreSQL's user cannot enter ${dataDir}: its data is in ${root}`);

  if (!binariesOutside) return { root, bin: join(packaged, 'native', 'bin') };
  const copy = copyBinaries(packaged, outside, account);
  log.say(`PostgreSQL's user cannot enter ${packaged}: a copy of the binaries is in ${copy}`);
  return { root, bin: join(copy, 'native', 'bin') };
}

/** Data that was put outside once stays in use, even when the data folder has become reachable. */
function hasCluster(folder: string): boolean {
  return existsSync(join(folder, 'postgres', 'cluster'));
}

/** Folder of the npm package with this machine's PostgreSQL. */
function packagedPostgres(): string {
  const name = postgresPackageName();
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    hydratePostgresLinks(folder);
    return folder;
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}): run "npm ci", or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** The folder that belongs to a data folder whose place PostgreSQL's user cannot reach. It may not exist. */
export function outsideFolder(dataDir: string): string {
  const base = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12);
  return join(base, `switchboard-${name}`);
}

function makeOutside(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const found = lstatSync(folder);
  // The name can be guessed and the parent is writable for all: never use what somebody else put there.
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${folder} belongs to somebody else: remove it, or set SWITCHBOARD_DATA_DIR.`);
  }
  chmodSync(folder, 0o711);
}

/** The copy belongs to the account, whatever modes the files were installed with. */
function copyBinaries(packaged: string, outside: string, account: Account | undefined): string {
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string };
  const copy = join(outside, `binaries-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(join(packaged, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  if (account) {
    const files = readdirSync(unfinished, { recursive: true, encoding: 'utf8' });
    for (const file of ['.', ...files]) lchownSync(join(unfinished, file), account.uid, account.gid);
  }
  renameSync(unfinished, copy);
  return copy;
}
