import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Folders that may hold fetched programs, in the order they are searched: the data folder, this user's cache
 * (a second clone finds it there), the folder for temporary files.
 * @param {string} dataDir
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
export function cacheFolders(dataDir, env) {
  const folders = [resolve(dataDir, 'bin')];
  const home = env.HOME || env.USERPROFILE;
  const userCache = env.XDG_CACHE_HOME || (home ? join(home, '.cache') : safeHomedir('.cache'));
  if (userCache) folders.push(join(userCache, 'switchboard'));
  const temporary = join(env.TMPDIR || tmpdir(), `switchboard-cache-${process.getuid?.() ?? 'user'}`);
  if (isOurs(temporary)) folders.push(temporary);
  return folders;
}

/** The parent is shared: a folder that somebody else made under this name may hold anything. */
function isOurs(folder) {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return !found || !process.getuid || (found.isDirectory() && found.uid === process.getuid());
}

/**
 * Where a fetched program is put: this user's cache, else the temporary folder, else the data folder.
 * @param {string[]} folders from `cacheFolders`
 * @returns {string}
 */
export function writableCacheFolder([dataFolder, ...shared]) {
  const problems = [];
  for (const folder of [...shared, dataFolder]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.W_OK | constants.X_OK);
      return folder;
    } catch (error) {
      problems.push(`  - ${folder}: ${error.message}`);
    }
  }
  throw new Error(`No folder to keep fetched programs in:\n${problems.join('\n')}`);
}

function safeHomedir(folder) {
  try {
    return join(homedir(), folder);
  } catch {
    return null;
  }
}
