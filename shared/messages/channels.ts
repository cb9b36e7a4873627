/** Ways to reach a customer; the order is the one in which lists show them. */
export const channels = ['email', 'sms', 'whatsapp', 'push'] as const;
export type Channel = (typeof channels)[number];

/** What a customer is told about an appointment. */
export const notificationKinds = [
  'confirmation',
  'reminder-24h',
  'reminder-2h',
  'cancellation',
  'rescheduled',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

export const isReminder = (kind: NotificationKind): boolean => kind.startsWith('reminder');

/**
 * What stands against a channel for a customer: `opted-out` their own word, `no-reminders` the same for reminders
 * alone, `bad-address` that the channel's provider does not know the address.
 */
export const blockReasons = ['opted-out', 'no-reminders', 'bad-address'] as const;
export type BlockReason = (typeof blockReasons)[number];

/** Who has said so: the customer by a word or a link, an operator, or the provider when it was sent or afterwards. */
export type BlockSource = 'word' | 'link' | 'api' | 'vendor' | 'bounce';

/** Why a channel is not used. */
export type ReasonAgainst =
  | BlockReason
  | 'not-enabled'
  | 'no-template'
  | 'no-address'
  | 'no-mobile-number'
  | 'no-device';

/** All that decides on which channels a customer is told something. */
export interface ChannelFacts {
  kind: NotificationKind;
  /** In order of preference. */
  order: Channel[];
  /** The order is the customer's own wish, not the company's habit. */
  ownOrder: boolean;
  /** How many channels carry a message at the same time. */
  atOnce: number;
  hasEmail: boolean;
  hasMobile: boolean;
  hasDevice: boolean;
  smsEnabled: boolean;
  whatsappEnabled: boolean;
  /** An approved WhatsApp template for this kind in a language of this customer. */
  hasWhatsappTemplate: boolean;
  blocks: { channel: Channel; reason: BlockReason }[];
}

export interface PlannedChannel {
  channel: Channel;
  /** Null: it is used. */
  skipReason: ReasonAgainst | null;
}

/** Why a channel cannot or may not carry this message; null: nothing stands against it. */
export function reasonAgainst(channel: Channel, facts: ChannelFacts): ReasonAgainst | null {
  const block = facts.blocks.find(
    (each) => each.channel === channel && (each.reason !== 'no-reminders' || isReminder(facts.kind)),
  );
  switch (channel) {
    case 'email':
      return facts.hasEmail ? (block?.reason ?? null) : 'no-address';
    case 'sms':
      if (!facts.smsEnabled) return 'not-enabled';
      return facts.hasMobile ? (block?.reason ?? null) : 'no-mobile-number';
    case 'whatsapp':
      if (!facts.whatsappEnabled) return 'not-enabled';
      if (!facts.hasMobile) return 'no-mobile-number';
      return block?.reason ?? (facts.hasWhatsappTemplate ? null : 'no-template');
    case 'push':
      return facts.hasDevice ? (block?.reason ?? null) : 'no-device';
  }
}

const isOwnWord = (reason: string | null) => reason === 'opted-out' || reason === 'no-reminders';

/**
 * The channels of a message. The first `atOnce` are used; when none of them can be, the next of the order that can.
 * Who has said no to a channel is not told on another one instead, unless the order is their own.
 */
export function planChannels(facts: ChannelFacts): PlannedChannel[] {
  const plan = (channel: Channel) => ({ channel, skipReason: reasonAgainst(channel, facts) });
  const planned = facts.order.slice(0, facts.atOnce).map(plan);
  const silenced = !facts.ownOrder && planned.some(({ skipReason }) => isOwnWord(skipReason));
  if (silenced || planned.some(({ skipReason }) => skipReason === null)) return planned;
  for (const channel of facts.order.slice(facts.atOnce)) {
    const next = plan(channel);
    planned.push(next);
    if (next.skipReason === null) break;
  }
  return planned;
}

/**
 * The channel that takes over a message which cannot arrive on those that were `tried`; null: there is none, or the
 * customer has said no (`optedOut`) and the order is not their own.
 */
export function nextChannel(facts: ChannelFacts, tried: Channel[], optedOut: boolean): Channel | null {
  if (optedOut && !facts.ownOrder) return null;
  const open = facts.order.filter((channel) => !tried.includes(channel));
  return open.find((channel) => reasonAgainst(channel, facts) === null) ?? null;
}
