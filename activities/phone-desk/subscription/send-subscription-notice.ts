import {
  failNotice,
  noticeSent,
  readNotice,
  type SubscriptionNotice,
} from '../../../db/phone-desk/subscription/subscription-notices.ts';
import type { Deps } from '../../../platform/deps.ts';
import { noteFailure } from '../../../shared/messages/note-failure.ts';
import { type Message, sendEachOnce, type Unsettled } from '../../../shared/messages/send-each-once.ts';
import { renderNotice } from './render-notice.ts';

const messageOf = ({ id, companyId, createdAt }: SubscriptionNotice) => ({
  id,
  key: `subscription-notice:${id}`,
  companyId,
  entity: id,
  recipientId: companyId,
  createdAt,
  sent: () => noticeSent(id),
});

/** Tries each notice once; returns what that has not settled. */
export function sendSubscriptionNoticesAtOnce(deps: Deps, notices: Message[]): Promise<Unsettled[]> {
  return sendEachOnce(notices, ({ id }) => sendSubscriptionNotice(deps, id).then(() => null));
}

/** Tells a company about its subscription by mail, once. The Message-ID is the notice's. */
export async function sendSubscriptionNotice(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNotice(deps.db, noticeId);
  // Gone with its company, or it says nothing any more: what it spoke of was settled meanwhile.
  if (!notice || notice.status === 'skipped') return;
  const fail = failNotice.bind(null, deps.db, noticeId);
  const { subject, html, text } = await renderNotice(notice);
  const effect = await deps.messages.mail(messageOf(notice));
  await noteFailure(fail, () =>
    deps.effects.once({
      ...effect,
      perform: () =>
        deps.mailer.send({
          messageId: `<subscription-notice-${noticeId}@switchboard.example>`,
          to: { name: notice.companyName, address: notice.email },
          subject,
          html,
          text,
        }),
    }),
  );
}

/**
 * Ends a notice that could not be sent in its time. It will not be sent any more, unless it turns out that it was.
 * Throws `EffectUnknown` when that cannot be known.
 */
export async function giveUpSubscriptionNotice(deps: Deps, noticeId: string): Promise<void> {
  const notice = await readNotice(deps.db, noticeId);
  if (!notice) return;
  const fail = failNotice.bind(null, deps.db, noticeId);
  const effect = await deps.messages.mail(messageOf(notice));
  const sent = await noteFailure(fail, () => deps.effects.abandon(effect));
  if (!sent) await fail('failed', 'too-late');
}
