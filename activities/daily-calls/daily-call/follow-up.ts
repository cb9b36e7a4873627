import { Context } from '@temporalio/activity';
import {
  type CallToAnalyse,
  closeAnalysis,
  readCallToAnalyse,
  saveAnalysis,
} from '../../../db/daily-calls/analysis.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { CallAnalysis } from '../../../shared/daily-calls/analysis.ts';
import { failure } from '../../../shared/failures.ts';
import { analysisSchema, readAnalysis } from './analysis-answer.ts';
import { analysisPrompt } from './analysis-prompt.ts';

/**
 * Lets a language model read a finished conversation and keeps what it came to. Nothing said: nothing is asked. A
 * model that refuses ends the analysis as failed; one that cannot be asked throws `VendorUnavailable`.
 */
export async function followUp(deps: Deps, attemptId: string): Promise<void> {
  const call = await readCallToAnalyse(deps.db, deps.vault, attemptId);
  if (!call) throw failure('NotFound', `attempt ${attemptId} does not exist`);
  if (call.analysisStatus !== null) return;
  if (!call.transcript?.trim()) return closeAnalysis(deps.db, attemptId, 'nothing-said');
  const analysis = await askModel(deps, call);
  if (analysis) await saveAnalysis(deps.db, deps.vault, attemptId, analysis);
  else await closeAnalysis(deps.db, attemptId, 'failed');
}

/** Ends an analysis for which no model could be asked in time. */
export async function closeFollowUp(deps: Deps, attemptId: string): Promise<void> {
  await closeAnalysis(deps.db, attemptId, 'failed');
}

/** Null: the model will not answer this, however often it is asked. */
async function askModel(deps: Deps, call: CallToAnalyse): Promise<CallAnalysis | null> {
  const keys = call.questions.map(({ key }) => key);
  try {
    const answered = await deps.model.extract({
      name: 'daily_call_analysis',
      schema: analysisSchema(keys),
      ...analysisPrompt(call),
      signal: Context.current().cancellationSignal,
    });
    return readAnalysis(answered, keys);
  } catch (error) {
    const failed = deps.modelFailure(error);
    if (failed.kind === 'rejected') return null;
    throw failure('VendorUnavailable', `the model could not be asked: ${failed.code}`, {
      ...(failed.retryAfterMs === undefined ? {} : { retryInMs: failed.retryAfterMs }),
    });
  }
}
