import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockDataFolder, sweepTemporaryFolders } from '../../scripts/stack/data-folder.ts';
import { commandLine } from '../../scripts/stack/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function otherProcess(): Promise<{ pid: number; command: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  };
  onTestFinished(kill);
  const pid = child.pid ?? 0;
  return { pid, command: commandLine(pid), kill };
}

it('belongs to one stack at a time', async () => {
  const folder = temporaryFolder();
  const { pid, command, kill } = await otherProcess();
  writeFileSync(join(folder, 'stack.pid'), JSON.stringify({ pid, command }));
  expect(() => lockDataFolder(folder)).toThrow(new RegExp(`in use by pid ${pid}.*\n.*SWITCHBOARD_DATA_DIR`));

  await kill();
  const lock = lockDataFolder(folder);
  expect(lock.takenOver).toBe(true);
  lock.release();
  expect(lockDataFolder(folder).takenOver).toBe(false);
});

it('is not held by a process that only has the number of the old one', async () => {
  const folder = temporaryFolder();
  const { pid } = await otherProcess();
  writeFileSync(join(folder, 'stack.pid'), JSON.stringify({ pid, command: 'node an-earlier-stack' }));
  lockDataFolder(folder);
  expect(JSON.parse(readFileSync(join(folder, 'stack.pid'), 'utf8')).pid).toBe(process.pid);
});

it('is swept when it is temporary and its stack was killed', async () => {
  const [killed, running, unknown] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const { pid, command } = await otherProcess();
  mkdirSync(join(killed, 'postgres'));
  writeFileSync(join(killed, 'stack.pid'), JSON.stringify({ pid, command: 'node an-earlier-stack' }));
  writeFileSync(join(running, 'stack.pid'), JSON.stringify({ pid, command }));
  sweepTemporaryFolders();
  expect([killed, running, unknown].map((folder) => existsSync(folder))).toEqual([false, true, true]);
});
