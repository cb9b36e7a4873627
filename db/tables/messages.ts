import type { ColumnType, Generated } from 'kysely';
import type { BlockReason, BlockSource, Channel, NotificationKind } from '../../shared/messages/channels.ts';
import type { CreatedAt, NullableTime, Sealed, UpdatedAt } from './columns.ts';

export interface ChannelBlocksTable {
  customer_id: string;
  channel: Channel;
  reason: BlockReason;
  source: BlockSource;
  /** What the provider said. */
  code: string | null;
  created_at: CreatedAt;
}

type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;

export interface MessageTemplatesTable {
  company_id: string;
  kind: NotificationKind;
  channel: Channel;
  /** ISO 639, lower case. */
  language: string;
  subject: Nullable<string>;
  text: Nullable<string>;
  html: Nullable<string>;
  /** `HX…` of Twilio: the template that WhatsApp has approved. */
  content_sid: Nullable<string>;
  /** What stands for `{{1}}`, `{{2}}`, … of the approved template. */
  variables: Nullable<string[]>;
  updated_at: UpdatedAt;
}

export interface PushSubscriptionsTable {
  id: Generated<string>;
  customer_id: string;
  endpoint_index: Buffer;
  endpoint_sealed: Sealed;
  keys_sealed: Sealed;
  expires_at: NullableTime;
  created_at: CreatedAt;
}
