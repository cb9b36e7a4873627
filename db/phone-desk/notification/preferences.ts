import { type Kysely, sql } from 'kysely';
import type { BlockReason, Channel } from '../../../shared/messages/channels.ts';
import type { Database } from '../../tables/database.ts';
import { blockChannel, blocksOf, unblockChannel } from './channel-blocks.ts';

/** How a customer is told; undefined outside `companyId` (null: any). */
export async function readPreferences(db: Kysely<Database>, companyId: string | null, customerId: string) {
  const row = await db
    .selectFrom('customers')
    .innerJoin('companies', 'companies.id', 'customers.company_id')
    .where('customers.id', '=', customerId)
    .$if(companyId !== null, (query) => query.where('customers.company_id', '=', companyId as string))
    .select([
      'customers.id as customerId',
      'customers.company_id as companyId',
      'customers.notify_channels as channels',
      'companies.notify_channels as companyChannels',
      'customers.quiet_hours as quietHours',
      'companies.quiet_hours as companyQuietHours',
      'customers.locale as language',
      'customers.time_zone as timeZone',
      sql<number>`(SELECT count(*)::integer FROM push_subscriptions p WHERE p.customer_id = customers.id)`.as(
        'devices',
      ),
    ])
    .executeTakeFirst();
  return row && { ...row, blocks: await blocksOf(db, customerId) };
}

export type Preferences = NonNullable<Awaited<ReturnType<typeof readPreferences>>>;

/** Undefined fields stay as they are. */
export interface PreferencesChange {
  channels?: Channel[] | null | undefined;
  /** `HH:MM-HH:MM`, `none` or null. */
  quietHours?: string | null | undefined;
  language?: string | undefined;
  timeZone?: string | undefined;
  optedOut?: Channel[] | undefined;
  noReminders?: Channel[] | undefined;
  addressWorks?: Channel[] | undefined;
}

/** Changes how a customer is told, in the caller's transaction. False: the person was erased, nothing is noted. */
export async function changePreferences(
  trx: Kysely<Database>,
  customerId: string,
  change: PreferencesChange,
): Promise<boolean> {
  const { channels, quietHours, language, timeZone } = change;
  const { numUpdatedRows } = await trx
    .updateTable('customers')
    .set({
      updated_at: new Date(),
      ...(channels !== undefined && { notify_channels: channels }),
      ...(quietHours !== undefined && { quiet_hours: quietHours }),
      ...(language !== undefined && { locale: language }),
      ...(timeZone !== undefined && { time_zone: timeZone }),
    })
    .where('id', '=', customerId)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await replaceBlocks(trx, customerId, 'opted-out', change.optedOut);
  await replaceBlocks(trx, customerId, 'no-reminders', change.noReminders);
  for (const channel of change.addressWorks ?? [])
    await unblockChannel(trx, [customerId], channel, ['bad-address']);
  return true;
}

/** What stands already keeps its source and its time. */
async function replaceBlocks(
  trx: Kysely<Database>,
  customerId: string,
  reason: BlockReason,
  wanted: Channel[] | undefined,
): Promise<void> {
  if (!wanted) return;
  await trx
    .deleteFrom('channel_blocks')
    .where('customer_id', '=', customerId)
    .where('reason', '=', reason)
    .$if(wanted.length > 0, (query) => query.where('channel', 'not in', wanted))
    .execute();
  for (const channel of wanted)
    await blockChannel(trx, [customerId], { channel, reason, source: 'api', code: null });
}
