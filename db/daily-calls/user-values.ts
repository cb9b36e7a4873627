import type { PersonKey, Vault } from '../../platform/vault.ts';
import type { CallPreferences } from '../../shared/daily-calls/preferences.ts';
import type { CallProviderName } from '../../shared/daily-calls/providers.ts';
import { openerOf } from '../sealed.ts';
import { type CallUserRow, preferencesOf } from './users.ts';

/** All that can be set on a user, plain. */
export interface CallUserValues extends CallPreferences {
  externalId: string | null;
  name: string | null;
  /** E.164. */
  phone: string | null;
  email: string | null;
  locale: string;
  consentAt: Date | null;
  provider: CallProviderName;
  scriptId: string | null;
  notifyChannels: ('email' | 'sms')[];
  paused: boolean;
}

/** What the moment of the next call depends on. Everything else is read when the call is about to leave. */
const planFields = [
  'callEnabled',
  'callTime',
  'timeZone',
  'weekdays',
  'windowFrom',
  'windowTo',
  'quietFrom',
  'quietTo',
  'gap',
  'overlap',
] as const satisfies (keyof CallUserValues)[];

export const movesPlan = (changed: (keyof CallUserValues)[]): boolean =>
  changed.some((field) => (planFields as readonly string[]).includes(field));

/** The index that finds a number among users and on the do-not-call list alike. */
export const phoneIndex = (vault: Pick<Vault, 'blindIndex'>, phoneE164: string): Buffer =>
  vault.blindIndex('do-not-call', phoneE164);

/** A row's values, opened; what belonged to an erased person is null. */
export function readValues(vault: Vault, row: CallUserRow, wrappedKey: Buffer | null): CallUserValues {
  const open = openerOf(vault, wrappedKey);
  return {
    ...preferencesOf(row),
    externalId: row.external_id,
    name: open('call_users.name', row.name_sealed),
    phone: open('call_users.phone', row.phone_sealed),
    email: open('call_users.email', row.email_sealed),
    locale: row.locale,
    consentAt: row.consent_at,
    provider: row.provider,
    scriptId: row.script_id,
    notifyChannels: row.notify_channels,
    paused: row.paused,
  };
}

/** The columns of values, sealed with the person's key. */
export function columnsOf(vault: Vault, key: PersonKey, values: CallUserValues) {
  const seal = (field: string, value: string | null) => (value === null ? null : key.seal(field, value));
  return {
    external_id: values.externalId,
    name_sealed: seal('call_users.name', values.name),
    phone_sealed: seal('call_users.phone', values.phone),
    phone_index: values.phone === null ? null : phoneIndex(vault, values.phone),
    email_sealed: seal('call_users.email', values.email),
    locale: values.locale,
    consent_at: values.consentAt,
    call_enabled: values.callEnabled,
    call_time: values.callTime,
    local_tz: values.timeZone,
    weekdays: values.weekdays,
    window_from: values.windowFrom,
    window_to: values.windowTo,
    quiet_from: values.quietFrom,
    quiet_to: values.quietTo,
    gap: values.gap,
    overlap: values.overlap,
    max_attempts: values.maxAttempts,
    retry_delays: JSON.stringify(values.retryDelays),
    provider: values.provider,
    script_id: values.scriptId,
    notify_channels: values.notifyChannels,
    paused: values.paused,
  };
}

/** The fields that differ. */
export function changedFields(before: CallUserValues, after: CallUserValues): (keyof CallUserValues)[] {
  const fields = Object.keys(after) as (keyof CallUserValues)[];
  return fields.filter((field) => comparable(before[field]) !== comparable(after[field]));
}

function comparable(value: unknown): string {
  const isRecord =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
  return JSON.stringify(isRecord ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value);
}
