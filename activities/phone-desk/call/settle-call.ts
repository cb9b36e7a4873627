import { Context } from '@temporalio/activity';
import { settleCall as writeOutcome } from '../../../db/call-wish.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { CallOutcome } from '../../../workflows/phone-desk/call/contract.ts';

export interface Settlement {
  callId: string;
  outcome: CallOutcome;
  /** Why, and what can be offered instead; no personal data. */
  detail: Record<string, unknown>;
}

/** Writes the outcome on the call. */
export async function settleCall(deps: Deps, { callId, outcome, detail }: Settlement): Promise<void> {
  const { runId } = Context.current().info.workflowExecution!;
  await writeOutcome(deps.db, callId, outcome, detail, runId);
}
