import { failNotice, type Notice, noticeSent, readNotice } from '../../../db/daily-calls/notices.ts';
import { optOutOfSms } from '../../../db/daily-calls/sms-opt-outs.ts';
import { phoneIndex } from '../../../db/daily-calls/user-values.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure, findFailure, type VendorFailure } from '../../../shared/failures.ts';
import { noteFailure } from '../../../shared/messages/note-failure.ts';
import { type Message, sendEachOnce, type Unsettled } from '../../../shared/messages/send-each-once.ts';
import { smsReference } from '../../../shared/messages/sms-reference.ts';
import { renderNoticeMail, renderNoticeSms } from './render-notice.ts';

const messageOf = ({ id, companyId, attemptId, userId, createdAt }: Notice) => ({
  id,
  key: `notice:${id}`,
  companyId,
  entity: attemptId,
  recipientId: userId,
  createdAt,
  sent: (vendorRef: string | null) => noticeSent(id, vendorRef),
});

/** Tries each notice once; returns what that has not settled. */
export function sendNoticesAtOnce(deps: Deps, notices: Message[]): Promise<Unsettled[]> {
  return sendEachOnce(notices, async ({ id, channel }) => {
    await (channel === 'email' ? sendCallMail(deps, id) : sendCallSms(deps, id));
    return null;
  });
}

/** Tells a person about a call by mail, once. The Message-ID is the notice's. */
export async function sendCallMail(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNoticeToSend(deps, noticeId);
  const fail = failNotice.bind(null, deps.db, noticeId);
  const { email, name } = notice;
  if (!email) return fail('failed', 'no-address');
  const { subject, html, text } = await renderNoticeMail(notice);
  const effect = await deps.messages.mail(messageOf(notice));
  await noteFailure(fail, () =>
    deps.effects.once({
      ...effect,
      perform: () =>
        deps.mailer.send({
          messageId: `<notice-${noticeId}@switchboard.example>`,
          to: name ? { name, address: email } : email,
          subject,
          html,
          text,
        }),
    }),
  );
}

/**
 * Tells a person about a call by SMS, once; the text carries our reference. Who has written STOP meanwhile gets none.
 */
export async function sendCallSms(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNoticeToSend(deps, noticeId);
  const fail = failNotice.bind(null, deps.db, noticeId);
  const { phone } = notice;
  if (!phone) return fail('failed', 'no-number');
  if (notice.wantsNoSms) return endUnsent(deps, notice, 'skipped', 'opted-out');
  const body = await renderNoticeSms(notice, smsReference(noticeId));
  const effect = await deps.messages.sms(messageOf(notice), phone);
  const from = notice.smsSender ?? deps.env.TWILIO_FROM_NUMBER;
  try {
    await noteFailure(fail, () =>
      deps.effects.once({ ...effect, perform: () => deps.sms.sendSms({ from, to: phone, body }) }),
    );
  } catch (error) {
    await noteOptOut(deps, notice.companyId, phone, error);
    throw error;
  }
}

/** A number that the provider refuses because STOP was written to it there is not tried again. */
async function noteOptOut(deps: Deps, companyId: string, phone: string, error: unknown): Promise<void> {
  const { recipient, code } = (findFailure(error)?.details?.[0] ?? {}) as Partial<VendorFailure>;
  if (recipient !== 'opted-out') return;
  const index = phoneIndex(deps.vault, phone);
  await optOutOfSms(deps.db, [companyId], index, { source: 'vendor', code: code ?? null });
}

/**
 * Ends a notice that could not be sent in its time. It will not be sent any more, unless it turns out that it was.
 * Throws `EffectUnknown` when that cannot be known.
 */
export async function giveUpCallNotice(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNotice(deps.db, deps.vault, noticeId);
  if (notice) await endUnsent(deps, notice, 'failed', 'too-late');
}

/** It will not be sent any more; had an earlier attempt sent it, it stays sent. */
async function endUnsent(
  deps: Deps,
  notice: Notice,
  status: 'failed' | 'skipped',
  reason: string,
): Promise<void> {
  const fail = failNotice.bind(null, deps.db, notice.id);
  const effect =
    notice.channel === 'email'
      ? await deps.messages.mail(messageOf(notice))
      : notice.phone && (await deps.messages.sms(messageOf(notice), notice.phone));
  const sent = await noteFailure(fail, async () => (effect ? deps.effects.abandon(effect) : null));
  if (!sent) await fail(status, reason);
}

async function readNoticeToSend({ db, vault }: Deps, noticeId: string): Promise<Notice> {
  const notice = await readNotice(db, vault, noticeId);
  if (!notice) throw failure('NotFound', `notice ${noticeId} does not exist`);
  return notice;
}
