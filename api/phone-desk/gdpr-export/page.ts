import { htmlPage, type PageLanguage, pageLanguage, pagePolicy } from '../../html-page.ts';

export const pageHeaders = {
  'content-security-policy': pagePolicy,
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};

/** Why a copy cannot be fetched (now). */
export type Hindrance =
  | 'nothing-here'
  | 'not-ready'
  | 'failed'
  | 'downloaded'
  | 'expired'
  | 'erased'
  | 'too-many'
  | 'being-fetched';

interface Words extends Record<Hindrance, string> {
  title: string;
  ask: string;
  code: string;
  fetch: string;
  wrong(triesLeft: number): string;
}

const words: Record<PageLanguage, Words> = {
  en: {
    title: 'Your data',
    ask: 'Enter the code that you were given. The copy can be fetched once.',
    code: 'Code',
    fetch: 'Fetch the copy',
    wrong: (triesLeft) => `The code is wrong. Tries left: ${triesLeft}.`,
    'nothing-here': 'There is nothing at this address.',
    'not-ready': 'The copy is not ready yet. Try again later.',
    failed: 'The copy could not be made. Ask for another one.',
    downloaded: 'The copy has been fetched and deleted. Ask for another one.',
    expired: 'The time is over and the copy was deleted. Ask for another one.',
    erased: 'Nothing is kept of you any more.',
    'too-many': 'Too many wrong codes. Ask the company for a new one.',
    'being-fetched': 'The copy is being fetched. Try again in an hour.',
  },
  de: {
    title: 'Ihre Daten',
    ask: 'Geben Sie den Code ein, den Sie bekommen haben. Die Kopie kann einmal abgeholt werden.',
    code: 'Code',
    fetch: 'Kopie abholen',
    wrong: (triesLeft) => `Der Code ist falsch. Verbleibende Versuche: ${triesLeft}.`,
    'nothing-here': 'An dieser Adresse ist nichts.',
    'not-ready': 'Die Kopie ist noch nicht fertig. Versuchen Sie es später noch einmal.',
    failed: 'Die Kopie konnte nicht erstellt werden. Bitten Sie um eine neue.',
    downloaded: 'Die Kopie wurde abgeholt und gelöscht. Bitten Sie um eine neue.',
    expired: 'Die Zeit ist um, die Kopie wurde gelöscht. Bitten Sie um eine neue.',
    erased: 'Über Sie ist nichts mehr gespeichert.',
    'too-many': 'Zu viele falsche Codes. Bitten Sie das Unternehmen um einen neuen.',
    'being-fetched': 'Die Kopie wird gerade abgeholt. Versuchen Sie es in einer Stunde noch einmal.',
  },
};

/** Whose page it is; null: nobody knows. */
export type Reader = { locale: string; companyName: string } | null;

/** Says why there is nothing to be fetched. */
export function hindrancePage(reader: Reader, hindrance: Hindrance): string {
  const language = pageLanguage(reader?.locale ?? 'en');
  const { title, [hindrance]: why } = words[language];
  return htmlPage({
    language,
    title,
    company: reader?.companyName ?? null,
    body: `<p role="alert">${why}</p>`,
  });
}

/** Asks for the code, without scripts; `triesLeft` after a wrong one. */
export function codePage(reader: Reader, triesLeft: number | null): string {
  const language = pageLanguage(reader?.locale ?? 'en');
  const { title, ask, code, fetch, wrong } = words[language];
  const body = `${triesLeft === null ? '' : `<p role="alert">${wrong(triesLeft)}</p>`}
<p>${ask}</p>
<form method="post"><label for="code">${code}</label>
<input id="code" name="code" required maxlength="20" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false">
<button>${fetch}</button></form>`;
  return htmlPage({ language, title, company: reader?.companyName ?? null, body });
}
