import type { Kysely } from 'kysely';
import { callUsersByPhone, optInToSms, optOutOfSms } from '../../db/daily-calls/sms-opt-outs.ts';
import { phoneIndex } from '../../db/daily-calls/user-values.ts';
import { blockChannel, unblockChannel } from '../../db/phone-desk/notification/channel-blocks.ts';
import { toChannelFacts } from '../../db/phone-desk/notification/channel-facts.ts';
import { type MessageReport, noteReport } from '../../db/phone-desk/notification/message-reports.ts';
import { readNotification } from '../../db/phone-desk/notification/notification-content.ts';
import { failAndSwitch, followerOf } from '../../db/phone-desk/notification/notifications.ts';
import { companiesBySender, customersByPhone } from '../../db/phone-desk/notification/senders.ts';
import type { Database } from '../../db/tables/database.ts';
import type { TwilioInbound } from '../../integrations/twilio/webhook.ts';
import type { WorkflowStarter } from '../../platform/temporal.ts';
import type { Vault } from '../../platform/vault.ts';
import type { VendorFailure } from '../../shared/failures.ts';
import type { ReplyWord } from '../../shared/messages/reply-words.ts';
import { notificationStart } from '../../workflows/phone-desk/notification/contract.ts';

export interface MessageEventParts {
  db: Kysely<Database>;
  vault: Vault;
  starter: Pick<WorkflowStarter, 'start'>;
}

/** What a provider says of one of our messages, and what a failure says of its recipient. */
export type ReportedMessage = MessageReport & { recipient: VendorFailure['recipient'] | null };

/**
 * Carries a provider's report to the message it is about. It is written where it stands, without a run: two of them
 * come for every message. Only a message that did not arrive gets a run, that of the one which takes over.
 */
export async function carryReport(
  { db, vault, starter }: MessageEventParts,
  notificationId: string,
  report: ReportedMessage,
): Promise<void> {
  const news = await noteReport(db, notificationId, report);
  if (report.delivery !== 'failed') return;
  const about = await readNotification(db, vault, notificationId);
  if (!about?.customer) return;
  const { customer, company_id: companyId, appointment_id: appointmentId, channel } = about;
  const { recipient, code, delivery, at } = report;
  if (news && recipient) {
    const source = channel === 'email' ? 'bounce' : 'vendor';
    await blockChannel(db, [customer.id], { channel, reason: recipient, source, code });
  }
  const next = news
    ? await failAndSwitch(db, notificationId, () => toChannelFacts(about.facts, customer, about.kind), {
        status: 'failed',
        reason: code ?? 'not-delivered',
        optedOut: recipient === 'opted-out',
        report: { delivery, code, at },
      })
    : // The same once more, perhaps because nobody could be started the first time.
      await followerOf(db, notificationId);
  if (!next) return;
  await starter.start(
    notificationStart({ notificationId: next.id, companyId, appointmentId, channel: next.channel }),
  );
}

/**
 * Whom a message to one of our numbers concerns: customers with that number, where this sender is used, and people who
 * are called on it every day.
 */
export async function concernedBy(
  { db, vault }: Pick<MessageEventParts, 'db' | 'vault'>,
  { channel, from, to }: Pick<TwilioInbound, 'channel' | 'from' | 'to'>,
  installationNumber: string,
) {
  const companies = await companiesBySender(db, channel, to, installationNumber);
  const indexes = companies.map(({ id }) => ({ companyId: id, phoneIndex: vault.blindIndex(id, from) }));
  const [customers, callUsers] = await Promise.all([
    customersByPhone(db, indexes),
    // Daily calls are told by SMS and mail alone.
    channel === 'sms'
      ? callUsersByPhone(
          db,
          companies.map(({ id }) => id),
          phoneIndex(vault, from),
        )
      : [],
  ]);
  return { companies, customers, callUsers };
}

/** Carries out a word of opting out or in, on the channel on which it came. */
export async function carryWord(
  parts: Pick<MessageEventParts, 'db' | 'vault'>,
  inbound: TwilioInbound,
  word: ReplyWord,
  installationNumber: string,
): Promise<void> {
  if (word === 'help') return;
  const { companies, customers, callUsers } = await concernedBy(parts, inbound, installationNumber);
  const ids = customers.map(({ id }) => id);
  const { channel } = inbound;
  if (word === 'start') await unblockChannel(parts.db, ids, channel, ['opted-out']);
  else await blockChannel(parts.db, ids, { channel, reason: 'opted-out', source: 'word', code: null });
  if (channel !== 'sms') return;
  const index = phoneIndex(parts.vault, inbound.from);
  if (word === 'start') {
    const companyIds = companies.map(({ id }) => id);
    return optInToSms(parts.db, companyIds, index);
  }
  // A customer may be called every day from tomorrow on; the word holds for that, too.
  const companyIds = [...customers, ...callUsers].map(({ companyId }) => companyId);
  await optOutOfSms(parts.db, companyIds, index, { source: 'word', code: null });
}
