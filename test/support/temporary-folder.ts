import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { temporaryDataFolder } from '../../scripts/stack/data-folder.ts';

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = temporaryDataFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
