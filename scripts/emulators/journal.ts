import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** An append-only file of JSON lines. A line is with the kernel when `append` returns, so SIGKILL loses nothing. */
export interface Journal<Line> {
  append(line: Line): void;
  /** Replaces the whole content at once (compaction, deletion). */
  rewrite(lines: Iterable<Line>): void;
  close(): void;
}

function readLines<Line>(path: string): Line[] {
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, 'utf8').split('\n');
  // Every complete line ends with a newline: what follows the last one was torn by a kill.
  rows.pop();
  return rows.filter((row) => row !== '').map((row) => JSON.parse(row) as Line);
}

/** Opens (or creates) the journal at `path`; returns what it holds and the handle to go on writing. */
export function openJournal<Line>(path: string): { lines: Line[]; journal: Journal<Line> } {
  mkdirSync(dirname(path), { recursive: true });
  const lines = readLines<Line>(path);
  let file: number | undefined;
  const write = (line: Line) => {
    file ??= openSync(path, 'a');
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
  };
  const close = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    lines,
    journal: {
      append: write,
      rewrite(content) {
        close();
        const draft = `${path}.new`;
        const target = openSync(draft, 'w');
        for (const line of content) writeSync(target, `${JSON.stringify(line)}\n`);
        closeSync(target);
        renameSync(draft, path);
      },
      close,
    },
  };
}
