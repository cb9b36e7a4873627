import { sql } from 'kysely';
import type {
  BlockReason,
  Channel,
  ChannelFacts,
  NotificationKind,
} from '../../../shared/messages/channels.ts';
import { type QuietHours, readQuietHours } from '../../../shared/messages/quiet-hours.ts';
import type { Customer } from '../people.ts';

/** What `toChannelFacts` needs, for queries that join `customers` and `companies`. */
export const factColumns = [
  'companies.sms_enabled',
  'companies.sms_sender',
  'companies.whatsapp_sender',
  'companies.notify_channels as company_channels',
  'companies.notify_at_once',
  'companies.quiet_hours as company_quiet',
  'companies.locale as company_locale',
  'customers.notify_channels as own_channels',
  'customers.quiet_hours as own_quiet',
] as const;

interface ApprovedTemplate {
  kind: NotificationKind;
  language: string;
}

/** The same for what stands in other tables. */
export const factLists = [
  sql<{ channel: Channel; reason: BlockReason }[]>`(
    SELECT coalesce(jsonb_agg(jsonb_build_object('channel', b.channel, 'reason', b.reason)), '[]')
    FROM channel_blocks b WHERE b.customer_id = customers.id)`.as('blocks'),
  sql<ApprovedTemplate[]>`(
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'language', t.language)), '[]')
    FROM message_templates t WHERE t.company_id = companies.id AND t.channel = 'whatsapp')`.as(
    'whatsapp_templates',
  ),
  sql<boolean>`EXISTS (SELECT FROM push_subscriptions p WHERE p.customer_id = customers.id
    AND (p.expires_at IS NULL OR p.expires_at > now()))`.as('has_device'),
] as const;

export interface FactRow {
  sms_enabled: boolean;
  whatsapp_sender: string | null;
  company_channels: Channel[];
  notify_at_once: number;
  company_quiet: string | null;
  company_locale: string;
  own_channels: Channel[] | null;
  own_quiet: string | null;
  blocks: { channel: Channel; reason: BlockReason }[];
  whatsapp_templates: ApprovedTemplate[];
  has_device: boolean;
}

/** `de` of `de-DE`. */
export const languageCode = (locale: string): string => locale.split('-', 1)[0]!.toLowerCase();

/** Languages in which a customer may be written to by texts of the company, best first. */
export const languagesFor = (customerLocale: string, companyLocale: string): string[] => [
  ...new Set([languageCode(customerLocale), languageCode(companyLocale)]),
];

/** What decides about the channels of a message of this kind. */
export function toChannelFacts(row: FactRow, customer: Customer, kind: NotificationKind): ChannelFacts {
  const languages = languagesFor(customer.locale, row.company_locale);
  return {
    kind,
    order: row.own_channels ?? row.company_channels,
    ownOrder: row.own_channels !== null,
    atOnce: row.own_channels === null ? row.notify_at_once : 1,
    hasEmail: customer.email !== null,
    hasMobile: customer.phoneE164 !== null && customer.phoneIsMobile,
    hasDevice: row.has_device,
    smsEnabled: row.sms_enabled,
    whatsappEnabled: row.whatsapp_sender !== null,
    hasWhatsappTemplate: row.whatsapp_templates.some(
      (template) => template.kind === kind && languages.includes(template.language),
    ),
    blocks: row.blocks,
  };
}

/** The customer's own quiet hours, else the company's. */
export const quietHoursOf = ({ own_quiet, company_quiet }: FactRow): QuietHours | null =>
  readQuietHours(own_quiet ?? company_quiet);
