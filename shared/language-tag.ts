/** As others write one, with underscores or blanks around it; null: it is none. */
export const looseLanguageTag = (text: string): string | null =>
  languageTag(text.trim().replaceAll('_', '-'));

/** A language tag (BCP 47) in its canonical case; null: it is none. */
export function languageTag(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}
