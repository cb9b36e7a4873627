import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { HeartbeatActivities } from '../../../activities/operations/heartbeat/index.ts';
import { heartbeatLook } from '../../policies.ts';
import type { HeartbeatResult } from './contract.ts';

const parts = proxyActivities<HeartbeatActivities>(heartbeatLook);

/** Looks at every part once and tells operators what is new. It never fails: that it is missing says it all. */
export async function heartbeat(): Promise<HeartbeatResult> {
  const result = await look();
  try {
    await parts.tellOperators();
  } catch (error) {
    // The API tells them too, and so does the next beat.
    if (isCancellation(error)) throw error;
  }
  return result;
}

async function look(): Promise<HeartbeatResult> {
  try {
    return { status: 'beat', ...(await parts.beat()) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { status: 'missed', unwell: [] };
  }
}
