import { finishNotice, type Notice, readNotice } from '../../../db/call-notices.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { noteOutcome } from '../../../shared/messages/note-outcome.ts';
import { smsReference } from '../../../shared/messages/sms-reference.ts';
import { renderNoticeMail, renderNoticeSms } from './render-notice.ts';

const messageOf = ({ id, companyId, attemptId, userId, createdAt }: Notice) => ({
  id,
  key: `notice:${id}`,
  companyId,
  entity: attemptId,
  recipientId: userId,
  createdAt,
});

/** Tells a person about a call by mail, once. The Message-ID is the notice's. */
export async function sendCallMail(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNoticeToSend(deps, noticeId);
  const finish = finishNotice.bind(null, deps.db, noticeId);
  const { email, name } = notice;
  if (!email) return finish('failed', 'no-address', null);
  const { subject, html, text } = await renderNoticeMail(notice);
  const effect = await deps.messages.mail(messageOf(notice));
  await noteOutcome(finish, () =>
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

/** Tells a person about a call by SMS, once; the text carries our reference. */
export async function sendCallSms(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNoticeToSend(deps, noticeId);
  const finish = finishNotice.bind(null, deps.db, noticeId);
  const { phone } = notice;
  if (!phone) return finish('failed', 'no-number', null);
  const body = await renderNoticeSms(notice, smsReference(noticeId));
  const effect = await deps.messages.sms(messageOf(notice), phone);
  await noteOutcome(finish, () =>
    deps.effects.once({
      ...effect,
      perform: () => deps.sms.sendSms({ from: deps.env.TWILIO_FROM_NUMBER, to: phone, body }),
    }),
  );
}

/**
 * Ends a notice that could not be sent in its time. It will not be sent any more, unless it turns out that it was.
 * Throws `EffectUnknown` when that cannot be known.
 */
export async function giveUpCallNotice(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNotice(deps.db, deps.vault, noticeId);
  if (!notice) return;
  const finish = finishNotice.bind(null, deps.db, noticeId);
  const effect =
    notice.channel === 'email'
      ? await deps.messages.mail(messageOf(notice))
      : notice.phone && (await deps.messages.sms(messageOf(notice), notice.phone));
  let sent: object | null = null;
  await noteOutcome(finish, async () => {
    sent = effect ? await deps.effects.abandon(effect) : null;
    return sent;
  });
  if (!sent) await finish('failed', 'too-late', null);
}

async function readNoticeToSend({ db, vault }: Deps, noticeId: string): Promise<Notice> {
  const notice = await readNotice(db, vault, noticeId);
  if (!notice) throw failure('NotFound', `notice ${noticeId} does not exist`);
  return notice;
}
