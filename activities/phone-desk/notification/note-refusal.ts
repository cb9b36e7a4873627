import type { ApplicationFailure } from '@temporalio/common';
import { blockChannel } from '../../../db/phone-desk/notification/channel-blocks.ts';
import { toChannelFacts } from '../../../db/phone-desk/notification/channel-facts.ts';
import { failAndSwitch, type NotificationRef } from '../../../db/phone-desk/notification/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { VendorFailure } from '../../../shared/failures.ts';
import type { Addressed } from './channels/channel.ts';

type Refusal = Pick<VendorFailure, 'code' | 'recipient'>;

/**
 * A provider has refused a message for good. What it said of the recipient holds for later messages too; the message
 * goes on by the next channel of the customer. Returns that one; null: nobody takes over.
 */
export async function noteRefusal(
  deps: Deps,
  { about, customer }: Addressed,
  refused: ApplicationFailure,
): Promise<NotificationRef | null> {
  const { code, recipient } = (refused.details?.[0] ?? {}) as Partial<Refusal>;
  if (recipient) {
    await blockChannel(deps.db, [customer.id], {
      channel: about.channel,
      reason: recipient,
      source: 'vendor',
      code: code ?? null,
    });
  }
  return failAndSwitch(deps.db, about.id, () => toChannelFacts(about.facts, customer, about.kind), {
    status: 'failed',
    reason: code ?? 'refused',
    optedOut: recipient === 'opted-out',
  });
}
