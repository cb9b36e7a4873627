import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { readScope } from '../../../db/privacy/erasure-scope.ts';
import { readErasure } from '../../../db/privacy/erasures.ts';
import type { Deps } from '../../../platform/deps.ts';

const AT_ONCE = 20;

/** Asks the server about each run, some at a time; returns those of which `ask` says yes. */
async function those(
  workflowIds: string[],
  ask: (workflowId: string) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (let first = 0; first < workflowIds.length; first += AT_ONCE) {
    const some = workflowIds.slice(first, first + AT_ONCE);
    const answers = await Promise.all(some.map((id) => ask(id).catch(noSuchRun)));
    found.push(...some.filter((_, index) => answers[index]));
    Context.current().heartbeat();
  }
  return found;
}

function noSuchRun(error: unknown): false {
  if (error instanceof WorkflowNotFoundError) return false;
  throw error;
}

/** Asks all open runs of the person to end; returns them. */
export async function cancelRuns({ db, temporal }: Deps, erasureId: string): Promise<string[]> {
  const { entities } = await readScope(db, await readErasure(db, erasureId));
  return those(entities, async (id) => {
    // The server takes the cancellation of a run that has ended, too, without a word.
    const open = await isOpen(temporal, id);
    if (open) await temporal.workflow.getHandle(id).cancel();
    return open;
  });
}

export function stillRunning({ temporal }: Deps, workflowIds: string[]): Promise<string[]> {
  return those(workflowIds, (id) => isOpen(temporal, id));
}

const isOpen = async (temporal: Deps['temporal'], workflowId: string) =>
  (await temporal.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';

/** Ends runs that do not end by themselves, or that nobody works on. */
export async function cutOffRuns({ temporal }: Deps, workflowIds: string[]): Promise<void> {
  await those(workflowIds, async (id) => {
    await temporal.workflow.getHandle(id).terminate('the person was erased');
    return true;
  });
}
