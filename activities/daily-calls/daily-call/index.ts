import type { Deps } from '../../../platform/deps.ts';
import { dialAttempt, giveUpDial } from './dial-attempt.ts';
import { fetchReport } from './fetch-report.ts';
import { fileCallNotices } from './file-call-notices.ts';
import { closeFollowUp, followUp } from './follow-up.ts';
import { closeUnreported, nextStep } from './next-step.ts';
import { giveUpCallNotice, sendCallMail, sendCallSms, sendNoticesAtOnce } from './send-call-notice.ts';

/** What the `daily-call` chain does to the outside; contents only. */
export function createDailyCallActivities(deps: Deps) {
  return {
    nextStep: nextStep.bind(null, deps),
    dialAttempt: dialAttempt.bind(null, deps),
    giveUpDial: giveUpDial.bind(null, deps),
    fetchReport: fetchReport.bind(null, deps),
    closeUnreported: closeUnreported.bind(null, deps),
    followUp: followUp.bind(null, deps),
    closeFollowUp: closeFollowUp.bind(null, deps),
    fileCallNotices: fileCallNotices.bind(null, deps),
    sendNoticesAtOnce: sendNoticesAtOnce.bind(null, deps),
    sendCallMail: sendCallMail.bind(null, deps),
    sendCallSms: sendCallSms.bind(null, deps),
    giveUpCallNotice: giveUpCallNotice.bind(null, deps),
  };
}

export type DailyCallActivities = ReturnType<typeof createDailyCallActivities>;
