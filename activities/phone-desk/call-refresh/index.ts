import { closeRefresh, noteNoRecording } from '../../../db/phone-desk/call/call-refresh.ts';
import type { CallRefreshStatus } from '../../../db/tables/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import { fetchCallAgain } from './fetch-call-again.ts';
import { keepRecording } from './keep-recording.ts';

/** What the `call-refresh` chain does to the outside; contents only. */
export function createCallRefreshActivities(deps: Deps) {
  return {
    fetchCallAgain: fetchCallAgain.bind(null, deps),
    keepRecording: keepRecording.bind(null, deps),
    giveUpRecording: (callId: string) => noteNoRecording(deps.db, callId, 'unavailable'),
    closeRefresh: (callId: string, status: CallRefreshStatus) => closeRefresh(deps.db, callId, status),
  };
}

export type CallRefreshActivities = ReturnType<typeof createCallRefreshActivities>;
