import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';

export interface PhoneNumber {
  e164: string;
  /** Whether an SMS can reach it, as far as the numbering plan tells. */
  mobile: boolean;
}

/** Whether this is a country, `DE`, whose numbering plan is known. */
export const isCountry = (code: string): boolean => isSupportedCountry(code);

/** Reads a number as people and providers write it; `country` completes national ones. Null: no number. */
export function parsePhone(text: string | null | undefined, country: string): PhoneNumber | null {
  if (!text) return null;
  const number = parsePhoneNumberFromString(text, country as CountryCode);
  if (!number?.isValid()) return null;
  const type = number.getType();
  return { e164: number.number, mobile: type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE' };
}
