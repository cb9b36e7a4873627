import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { CallActivities } from '../../../activities/phone-desk/call/index.ts';
import type { CallRefreshActivities } from '../../../activities/phone-desk/call-refresh/index.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, fileTransfer, providerLateRead } from '../../policies.ts';
import type { CallRefreshInput, CallRefreshResult } from './contract.ts';

const steps = proxySteps<CallRefreshActivities>(databaseStep);
const records = proxySteps<CallActivities>(databaseStep);
const provider = proxyActivities<CallRefreshActivities>(providerLateRead);
const transfer = proxyActivities<CallRefreshActivities>(fileTransfer);

/**
 * Reads a settled call at its provider once more: what became known late (transcript, analysis, duration) is folded
 * into what is known, and its recording is copied before the provider deletes it.
 */
export async function callRefresh(input: CallRefreshInput): Promise<CallRefreshResult> {
  const { callId } = input;
  const status = await refresh(input);
  const recording = status === 'refreshed' ? await keepRecording(callId) : null;
  await steps.closeRefresh(callId, status);
  return { status, recording };
}

async function refresh({ callId, vendorCallId }: CallRefreshInput): Promise<CallRefreshResult['status']> {
  try {
    const fetched = await provider.fetchCallAgain(callId);
    if (fetched !== 'filed') return fetched;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return 'unavailable';
  }
  await records.absorbCallEvents({ vendor: 'retell', vendorCallId });
  return 'refreshed';
}

/** A recording that cannot be had for a day is given up; asking again by hand tries again. */
async function keepRecording(callId: string): Promise<CallRefreshResult['recording']> {
  try {
    return await transfer.keepRecording(callId);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await steps.giveUpRecording(callId);
    return 'unavailable';
  }
}
