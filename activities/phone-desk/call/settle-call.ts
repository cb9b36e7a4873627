import { Context } from '@temporalio/activity';
import { settleCall as writeOutcome } from '../../../db/phone-desk/call/call-wish.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { WorkflowStart } from '../../../shared/workflow-start.ts';
import type { CallOutcome } from '../../../workflows/phone-desk/call/contract.ts';

export interface Settlement {
  callId: string;
  outcome: CallOutcome;
  /** Why, and what can be offered instead; no personal data. */
  detail: Record<string, unknown>;
  /** The run that follows from it. */
  next?: WorkflowStart | null;
}

/** Starts the run that follows, then writes the outcome on the call; both may be repeated. */
export async function settleCall(deps: Deps, { callId, outcome, detail, next }: Settlement): Promise<void> {
  if (next) await deps.starter.start(next);
  const { runId } = Context.current().info.workflowExecution!;
  await writeOutcome(deps.db, callId, outcome, detail, runId);
}
