import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readEnv } from '../platform/env.ts';
import { createTemporalClient } from '../platform/temporal.ts';

const folder = fileURLToPath(new URL('../test/histories', import.meta.url));

/** The history of a run (the newest, unless named) of a workflow as indented JSON, without the names of the machines that ran it. */
export async function historyText(client: Client, workflowId: string, runId?: string): Promise<string> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  // Some releases of the SDK give text, others an object.
  const json: unknown = historyToJSON(history);
  const parsed: unknown = typeof json === 'string' ? JSON.parse(json) : json;
  const nameless = (key: string, value: unknown) => (key === 'identity' ? 'worker' : value);
  return `${JSON.stringify(parsed, nameless, 2)}\n`;
}

/** Writes the history to the replay corpus; returns the path. */
export async function saveHistory(
  client: Client,
  workflowId: string,
  name: string,
  runId?: string,
): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, await historyText(client, workflowId, runId));
  return path;
}

/** `npm run history:save -- <workflowId> [name]` */
async function main([workflowId, name]: string[]): Promise<void> {
  if (!workflowId) throw new Error('Usage: npm run history:save -- <workflowId> [name]');
  const client = await createTemporalClient(readEnv());
  try {
    console.log(await saveHistory(client, workflowId, name ?? workflowId.replaceAll(/[^\w-]+/g, '-')));
  } finally {
    await client.connection.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
