import {
  readSubscriptions,
  removeSubscriptions,
} from '../../../../db/phone-desk/notification/push-subscriptions.ts';
import type { Deps } from '../../../../platform/deps.ts';
import { pushContent } from '../../../../shared/messages/appointment/content.ts';
import { saysWrongFrom } from '../../../../shared/messages/timing.ts';
import { inCompanyWords } from '../company-words.ts';
import { type ChannelPort, messageOf, speaksOf } from './channel.ts';

/** Push services keep a message for four weeks at most. */
const MAX_TTL_SEC = 28 * 24 * 3_600;

/**
 * Web push to every device of the customer. It is sent once one of them has it; a device that is gone is forgotten,
 * and when all are gone the message goes another way. Tag and topic are the notification's: a repeat replaces it.
 */
export const push: ChannelPort = {
  effect: (deps, addressed) => deps.messages.push(messageOf(addressed)),
  async prepare(deps, addressed) {
    const { about, customer } = addressed;
    const message = speaksOf(deps, addressed);
    const { title, body } = await inCompanyWords(deps, about, message, pushContent);
    const tag = about.id.replaceAll('-', '');
    const payload = JSON.stringify({ title, body, tag, lang: message.locale, timestamp: Date.now() });
    const wrongFrom = saysWrongFrom({
      kind: about.kind,
      channel: 'push',
      startsAt: about.starts_at,
      endsAt: about.ends_at,
      timeZone: customer.timeZone,
      quiet: null,
    });
    const leftSec = Math.ceil((wrongFrom.getTime() - deps.clock().getTime()) / 1_000);
    const ttlSec = Math.min(MAX_TTL_SEC, Math.max(0, leftSec));
    return () => sendToDevices(deps, customer.id, { payload, topic: tag, ttlSec });
  },
};

async function sendToDevices(
  deps: Deps,
  customerId: string,
  message: { payload: string; topic: string; ttlSec: number },
): Promise<{ devices: number }> {
  const devices = await readSubscriptions(deps.db, deps.vault, customerId);
  const outcomes = await Promise.allSettled(
    devices.map(({ subscription }) => deps.push.send({ ...message, subscription })),
  );
  const refusals = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : null));
  const gone = devices.filter((_device, index) => deps.push.isGone(refusals[index]));
  await removeSubscriptions(
    deps.db,
    gone.map(({ id }) => id),
  );
  const reached = outcomes.filter(({ status }) => status === 'fulfilled').length;
  // A device that may come back is worth another attempt only when no other one has the message.
  const passing = refusals.find((refusal) => refusal !== null && !deps.push.isGone(refusal));
  if (reached === 0) throw passing ?? refusals[0] ?? deps.push.nobodyThere();
  return { devices: reached };
}
