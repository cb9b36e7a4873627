import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { commandLine } from './processes.ts';

const LISTEN = '0A';
const COMMAND_WIDTH = 80;

/** Who listens on a TCP port, for a person: "pid 12 (node server.js)", or "an unknown process". */
export function portHolder(port: number): string {
  const pid = process.platform === 'linux' ? holderFromProc(port) : holderFromLsof(port);
  if (pid === null) return 'an unknown process';
  const command = commandLine(pid);
  const shown = command.length > COMMAND_WIDTH ? `${command.slice(0, COMMAND_WIDTH)}…` : command;
  return `pid ${pid} (${shown || 'unknown command'})`;
}

/** Linux: the listening socket's inode in /proc/net, then the process that has it open. */
function holderFromProc(port: number): number | null {
  const sockets = new Set(listeningInodes(port).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    if (openFiles(entry).some((file) => sockets.has(file))) return Number(entry);
  }
  return null;
}

function listeningInodes(port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6'].flatMap((table) => {
    const rows = readOr(() => readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1), []);
    return rows
      .map((row) => row.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(`:${wanted}`) && fields[3] === LISTEN)
      .map((fields) => fields[9] ?? '');
  });
}

/** Empty for processes of other users: their files cannot be read. */
function openFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return readOr(() => readdirSync(folder), []).map((fd) => readOr(() => readlinkSync(`${folder}/${fd}`), ''));
}

function holderFromLsof(port: number): number | null {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'], { encoding: 'utf8' });
  const pid = /^p(\d+)/m.exec(stdout ?? '')?.[1];
  return pid ? Number(pid) : null;
}

function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
