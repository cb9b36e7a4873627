import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Lets `fetchInto` bring a program into a temporary folder beside the target, checks that it runs, and moves it
 * into place in one step: starts at the same time, and interrupted ones, never leave a broken program.
 * @param {string} target
 * @param {(path: string) => string | null} check
 * @param {(folder: string) => Promise<string>} fetchInto returns the path of the program
 */
export async function installBinary(target, check, fetchInto) {
  const folder = mkdtempSync(join(dirname(target), '.fetch-'));
  try {
    const program = await fetchInto(folder);
    chmodSync(program, 0o755);
    const problem = check(program);
    if (problem) throw new Error(`what came is unusable: ${problem}`);
    renameSync(program, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
