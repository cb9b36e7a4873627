import type { Company } from '../../../db/companies.ts';
import type { CallUserValues } from '../../../db/daily-calls/user-values.ts';
import { checkPreferences } from '../../../shared/daily-calls/check-preferences.ts';
import type { LegalHours } from '../../../shared/daily-calls/preferences.ts';
import type { RetryDelays } from '../../../shared/daily-calls/vocabulary.ts';
import { languageTag } from '../../../shared/language-tag.ts';
import { parsePhone } from '../../../shared/phone.ts';
import { isProblem } from '../../phone-desk/offer.ts';
import type { FieldProblem } from '../../problem.ts';
import type { CallUserChange } from './schema.ts';

/** What a change is read against. */
export interface ChangeContext {
  company: Pick<Company, 'country'>;
  /** Scripts that a user can get. */
  scripts: { id: string; slug: string }[];
  legal: LegalHours;
  now: Date;
}

/** A user of whom nothing is known yet; seed 004 calls at 20:30. */
export const newUserValues = (company: Pick<Company, 'locale' | 'time_zone'>): CallUserValues => ({
  externalId: null,
  name: null,
  phone: null,
  email: null,
  locale: company.locale,
  consentAt: null,
  callEnabled: true,
  callTime: '20:30',
  timeZone: company.time_zone,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  windowFrom: '08:00',
  windowTo: '21:00',
  quietFrom: null,
  quietTo: null,
  gap: 'shift',
  overlap: 'first',
  maxAttempts: 3,
  retryDelays: {},
  provider: 'callkaro',
  scriptId: null,
  notifyChannels: [],
  paused: false,
});

/** A user's values after a change, and all that is impossible about them, by field, with what to do about it. */
export function applyChange(
  before: CallUserValues,
  change: CallUserChange,
  context: ChangeContext,
): { values: CallUserValues; problems: FieldProblem[] } {
  const { phone: _phone, script, consent: _consent, consentAt: _consentAt, ...direct } = change;
  const phone = readPhone(before, change, context);
  const scriptId = script === undefined ? before.scriptId : findScript(script, context);
  const consentAt = readConsent(before, change, context);
  const locale = readLocale(change.locale ?? before.locale);
  const given = Object.fromEntries(Object.entries(direct).filter(([, value]) => value !== undefined));
  const values: CallUserValues = {
    ...before,
    ...given,
    weekdays: distinct(change.weekdays ?? before.weekdays).sort((a, b) => a - b),
    retryDelays: (change.retryDelays ?? before.retryDelays) as RetryDelays,
    notifyChannels: distinct(change.notifyChannels ?? before.notifyChannels).sort(),
    phone: isProblem(phone) ? before.phone : phone,
    scriptId: isProblem(scriptId) ? before.scriptId : scriptId,
    consentAt: isProblem(consentAt) ? before.consentAt : consentAt,
    locale: isProblem(locale) ? before.locale : locale,
  };
  const problems = [phone, scriptId, consentAt, locale, checkChannels(values)].filter(isProblem);
  const impossible = checkPreferences(values, context.legal);
  return {
    values,
    problems: [...problems, ...impossible.map(({ field, problem }) => ({ path: field, message: problem }))],
  };
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];

function readPhone(
  { phone: before }: CallUserValues,
  { phone }: CallUserChange,
  { company }: ChangeContext,
): string | null | FieldProblem {
  if (phone === undefined) return before;
  if (phone === null) return null;
  const number = parsePhone(phone, company.country);
  if (number) return number.e164;
  const message = 'This number cannot be dialled. Write it with its country code, e.g. +4915112345678.';
  return { path: 'phone', message };
}

function findScript(slug: string | null, { scripts }: ChangeContext): string | null | FieldProblem {
  if (slug === null) return null;
  const script = scripts.find((each) => each.slug === slug);
  if (script) return script.id;
  const known = scripts.map((each) => each.slug).join(', ') || 'none';
  return { path: 'script', message: `There is no such active script. Use one of: ${known}.` };
}

function readConsent(
  before: CallUserValues,
  { consent, consentAt }: CallUserChange,
  { now }: ChangeContext,
): Date | null | FieldProblem {
  // Saying once more that consent is there does not move the moment at which it was given.
  if (consent === true) return before.consentAt ?? now;
  if (consent === false || consentAt === null) return null;
  if (consentAt === undefined) return before.consentAt;
  const at = new Date(consentAt);
  if (at <= now) return at;
  return { path: 'consentAt', message: 'Lies in the future. Give the moment at which consent was given.' };
}

function readLocale(locale: string): string | FieldProblem {
  return (
    languageTag(locale) ?? { path: 'locale', message: 'Is not a language tag. Use one such as de or en-US.' }
  );
}

function checkChannels({ notifyChannels, email }: CallUserValues): FieldProblem | null {
  if (!notifyChannels.includes('email') || email !== null) return null;
  return { path: 'notifyChannels', message: 'There is no e-mail address. Give one, or leave e-mail out.' };
}
