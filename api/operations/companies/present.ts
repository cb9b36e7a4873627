import type { CompanyParts, CompanyRow } from '../../../db/companies-read.ts';
import { defaultLimits } from '../../../platform/company-settings.ts';
import type { ApiDeps } from '../../deps.ts';
import { presentHours } from './hours.ts';

/** What is ever shown of a secret. */
function shownSecret(vault: ApiDeps['vault'], purpose: string, sealed: Buffer | null) {
  if (!sealed) return { set: false, last4: null };
  return { set: true, last4: vault.open(purpose, sealed).toString().slice(-4) };
}

export function presentSummary(
  { vault, calendarWebhooks }: Pick<ApiDeps, 'vault' | 'calendarWebhooks'>,
  row: CompanyRow,
) {
  const { limits, calcomKey, calcomWebhookSecret, calcomWebhookId, ...settings } = row;
  return {
    ...settings,
    limits: { ...defaultLimits, ...limits },
    keys: {
      calcom: shownSecret(vault, 'company.calcom-key', calcomKey),
      calcomWebhookSecret: shownSecret(vault, 'company.calcom-webhook-secret', calcomWebhookSecret),
    },
    calendarWebhook: { subscribed: calcomWebhookId !== null, url: calendarWebhooks.urlOf(row.slug) },
  };
}

export function presentParts({ lines, staff, services }: CompanyParts) {
  return {
    lines,
    staff: staff.map(({ hours, ...person }) => ({ ...person, hours: presentHours(hours) })),
    services,
  };
}
