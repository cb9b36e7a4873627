import { type Kysely, sql } from 'kysely';
import type { BlockReason, BlockSource, Channel } from '../../../shared/messages/channels.ts';
import type { Database } from '../../tables/database.ts';

export interface ChannelBlock {
  channel: Channel;
  reason: BlockReason;
  source: BlockSource;
  /** What the provider said; null: nobody did. */
  code: string | null;
}

/** In a query over `customers`: whether something stands against a channel. */
export const isBlocked = (channel: Channel, reason: BlockReason) =>
  sql<boolean>`EXISTS (SELECT FROM channel_blocks b
    WHERE b.customer_id = customers.id AND b.channel = ${channel} AND b.reason = ${reason})`;

/** Notes what stands against a channel, unless the person was erased; what stood there already stays as it was noted first. */
export async function blockChannel(
  db: Kysely<Database>,
  customerIds: string[],
  { channel, reason, source, code }: ChannelBlock,
): Promise<void> {
  if (customerIds.length === 0) return;
  await sql`
    INSERT INTO channel_blocks (customer_id, channel, reason, source, code)
    SELECT id, ${channel}, ${reason}, ${source}, ${code} FROM customers
    WHERE id = ANY(${customerIds}::uuid[]) AND erased_at IS NULL
    ON CONFLICT DO NOTHING`.execute(db);
}

/** Takes back what stands against a channel. */
export async function unblockChannel(
  db: Kysely<Database>,
  customerIds: string[],
  channel: Channel,
  reasons: BlockReason[],
): Promise<void> {
  if (customerIds.length === 0 || reasons.length === 0) return;
  await db
    .deleteFrom('channel_blocks')
    .where('customer_id', 'in', customerIds)
    .where('channel', '=', channel)
    .where('reason', 'in', reasons)
    .execute();
}

/** What stands against the channels of a customer. */
export function blocksOf(db: Kysely<Database>, customerId: string) {
  return db
    .selectFrom('channel_blocks')
    .where('customer_id', '=', customerId)
    .select(['channel', 'reason', 'source', 'code', 'created_at as since'])
    .orderBy('channel')
    .orderBy('reason')
    .execute();
}
