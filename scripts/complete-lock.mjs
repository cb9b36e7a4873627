/**
 * `node scripts/complete-lock.mjs`: adds to package-lock.json the packages for other platforms that npm left out
 * because the registry in use does not carry them. Without them `npm ci` refuses the lock. Run it after
 * `npm install`; the entries have no checksum, which npm accepts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'netbsd', 'sunos', 'win32', 'aix'];
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el'];
const C_LIBRARIES = { musl: 'musl', gnu: 'glibc', gnueabihf: 'glibc' };

/**
 * @param {{ packages: Record<string, { version: string, optionalDependencies?: Record<string, string> }> }} lock
 * @returns {Record<string, object>} the missing entries by path
 */
export function missingPlatforms(lock) {
  const missing = {};
  for (const owner of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      // A range cannot be answered without the registry; platform packages are named by exact version.
      if (lock.packages[path] || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) continue;
      missing[path] = entry(name, version, owner);
    }
  }
  return missing;
}

function entry(name, version, owner) {
  const words = name.split(/[/-]/);
  const libc = words.map((word) => C_LIBRARIES[word]).find(Boolean);
  const os = SYSTEMS.filter((system) => words.includes(system));
  return {
    version,
    cpu: PROCESSORS.filter((processor) => words.includes(processor)),
    ...(owner.dev ? { dev: true } : {}),
    ...(libc && os.includes('linux') ? { libc: [libc] } : {}),
    optional: true,
    os,
    ...(owner.engines ? { engines: owner.engines } : {}),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPlatforms(lock);
  const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  for (const path of Object.keys(missing)) console.log(`added ${path}`);
}
