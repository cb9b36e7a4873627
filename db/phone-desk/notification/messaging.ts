import type { Kysely } from 'kysely';
import type { Channel } from '../../../shared/messages/channels.ts';
import type { Database } from '../../tables/database.ts';

/** How a company tells its customers. */
export interface Messaging {
  channels: Channel[];
  atOnce: number;
  smsEnabled: boolean;
  smsSender: string | null;
  whatsappSender: string | null;
  quietHours: string | null;
}

export function readMessaging(
  db: Kysely<Database>,
  companyId: string,
): Promise<Messaging & { contactEmail: string }> {
  return db
    .selectFrom('companies')
    .where('id', '=', companyId)
    .select([
      'notify_channels as channels',
      'notify_at_once as atOnce',
      'sms_enabled as smsEnabled',
      'sms_sender as smsSender',
      'whatsapp_sender as whatsappSender',
      'quiet_hours as quietHours',
      'contact_email as contactEmail',
    ])
    .executeTakeFirstOrThrow();
}

/** Undefined fields stay as they are. */
export type MessagingChange = { [field in keyof Messaging]?: Messaging[field] | undefined };

export async function changeMessaging(
  trx: Kysely<Database>,
  companyId: string,
  { channels, atOnce, smsEnabled, smsSender, whatsappSender, quietHours }: MessagingChange,
): Promise<void> {
  await trx
    .updateTable('companies')
    .set({
      ...(channels !== undefined && { notify_channels: channels }),
      ...(atOnce !== undefined && { notify_at_once: atOnce }),
      ...(smsEnabled !== undefined && { sms_enabled: smsEnabled }),
      ...(smsSender !== undefined && { sms_sender: smsSender }),
      ...(whatsappSender !== undefined && { whatsapp_sender: whatsappSender }),
      ...(quietHours !== undefined && { quiet_hours: quietHours }),
    })
    .where('id', '=', companyId)
    .execute();
}
