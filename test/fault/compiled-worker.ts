import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Whatever a worker loads. */
const FOLDERS = [
  'activities',
  'db',
  'integrations',
  'platform',
  'scripts',
  'shared',
  'workers',
  'workflows',
  'test/fault',
];
const WORKER = 'test/fault/worker.ts';

const compilerOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2022,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/**
 * A worker (path from the root) as plain JavaScript under `dist/`, built once per state of the sources; returns its path. A run starts
 * hundreds of workers, and compiling them at every start would cost as much of a small machine as their work.
 */
export async function compileWorker(source = WORKER): Promise<string> {
  const files = await readSources();
  const digest = createHash('sha256');
  for (const { path, text } of files) digest.update(path).update(text);
  const folder = join(ROOT, 'dist', `fault-worker-${digest.digest('hex').slice(0, 16)}`);
  const entry = join(folder, source.replace(/\.ts$/, '.js'));
  const isThere = await access(entry).then(
    () => true,
    () => false,
  );
  if (!isThere) await compileTo(folder, files);
  return entry;
}

interface Source {
  path: string;
  text: string;
}

async function readSources(): Promise<Source[]> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(ROOT, folder), { recursive: true }))
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => join(folder, name)),
    ),
  );
  const paths = found.flat().sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), 'utf8') })));
}

/** Runs that compile at once write the same; the last one to be done finds the folder there. */
async function compileTo(folder: string, files: Source[]): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  for (const { path, text } of files) {
    const target = join(draft, path.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, ts.transpileModule(text, { compilerOptions, fileName: path }).outputText);
  }
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
}
