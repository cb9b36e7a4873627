import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outsideFolder } from './postgres-folder.ts';
import { commandLine, isAlive } from './processes.ts';

interface Holder {
  pid: number;
  command: string;
}

export interface FolderLock {
  /** The last stack was killed; its parts may be ending just now. */
  takenOver: boolean;
  release(): void;
}

const LOCK_FILE = 'stack.pid';
const TEMPORARY = 'switchboard-';

/** A new, empty data folder. Others may pass through it: root runs PostgreSQL as another user. */
export function temporaryDataFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), TEMPORARY));
  chmodSync(folder, 0o711);
  return folder;
}

/** Removes temporary data folders whose stack was killed before it could do so. */
export function sweepTemporaryFolders(): void {
  const parent = realpathSync(tmpdir());
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(TEMPORARY)) continue;
    const folder = join(parent, name);
    const holder = readLock(join(folder, LOCK_FILE));
    if (!holder || isHeld(holder)) continue;
    for (const left of [folder, outsideFolder(folder)]) rmSync(left, { recursive: true, force: true });
  }
}

/**
 * Takes the data folder for this process: two stacks on one folder would write the same files. The lock of a
 * process that was killed is taken over.
 */
export function lockDataFolder(dataDir: string): FolderLock {
  mkdirSync(dataDir, { recursive: true });
  const lockFile = join(dataDir, LOCK_FILE);
  const holder = readLock(lockFile);
  if (holder && isHeld(holder) && holder.pid !== process.pid) {
    throw new Error(
      `The data folder ${dataDir} is in use by pid ${holder.pid} (${holder.command}).\n` +
        'Stop that one, or set SWITCHBOARD_DATA_DIR to another folder.',
    );
  }
  rmSync(lockFile, { force: true });
  const mine: Holder = { pid: process.pid, command: commandLine(process.pid) };
  writeFileSync(lockFile, JSON.stringify(mine), { flag: 'wx' });
  return { takenOver: holder !== null, release: () => rmSync(lockFile, { force: true }) };
}

/** The command is compared too: the id of a process that ended is given out again. */
function isHeld({ pid, command }: Holder): boolean {
  return isAlive(pid) && commandLine(pid) === command;
}

function readLock(lockFile: string): Holder | null {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8'));
  } catch {
    return null;
  }
}
