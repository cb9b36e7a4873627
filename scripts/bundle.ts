import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Everything that can end up in the sandbox, and the versions that build it. */
async function sourceDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['workflows', 'shared']) {
    const files = await readdir(join(root, folder), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(file).update(await readFile(join(root, folder, file)));
    }
  }
  return hash
    .update(await readFile(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
}

/**
 * Builds the workflow bundle, or finds the one built from the same sources. Returns its path. Processes
 * that build at once write the same file.
 */
export async function bundleWorkflows(): Promise<string> {
  const folder = join(root, 'dist');
  const path = join(folder, `workflows-${await sourceDigest()}.js`);
  try {
    await access(path);
    return path;
  } catch {
    // Not built from these sources yet.
  }
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [
      join(root, 'workflows/lib/trace-interceptor.ts'),
      join(root, 'workflows/lib/failed-run-interceptor.ts'),
    ],
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, code);
  await rename(temporary, path);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await bundleWorkflows());
