import { htmlPage, type PageLanguage, pageLanguage } from '../html-page.ts';

interface Words {
  title: string;
  ask: string;
  stop: string;
  stopped: string;
  resume: string;
  resumed: string;
  unknown: string;
  stays: string;
}

const words: Record<PageLanguage, Words> = {
  en: {
    title: 'Reminders by mail',
    ask: 'Do you want no more reminders by mail?',
    stop: 'No more reminders by mail',
    stopped: 'You will get no more reminders by mail.',
    resume: 'Send me reminders again',
    resumed: 'You will get reminders by mail again.',
    unknown:
      'This link is cut or not valid. Open it in the reminder itself, or write to the address at the end of the reminder.',
    stays: 'Confirmations, moves and cancellations of your appointments are still sent.',
  },
  de: {
    title: 'Erinnerungen per E\u2011Mail',
    ask: 'Möchten Sie keine Erinnerungen per E-Mail mehr?',
    stop: 'Keine Erinnerungen mehr per E\u2011Mail',
    stopped: 'Sie erhalten keine Erinnerungen per E-Mail mehr.',
    resume: 'Wieder Erinnerungen senden',
    resumed: 'Sie erhalten wieder Erinnerungen per E-Mail.',
    unknown:
      'Dieser Link ist unvollständig oder ungültig. Öffnen Sie ihn in der Erinnerung selbst, oder schreiben Sie an die Adresse am Ende der Erinnerung.',
    stays: 'Bestätigungen, Verschiebungen und Absagen Ihrer Termine erhalten Sie weiterhin.',
  },
};

export type PageState = 'ask' | 'stopped' | 'resumed';

/** The page behind the link in a reminder. It works without scripts; only its button does something. */
export function unsubscribePage(locale: string, company: string, state: PageState): string {
  const language = pageLanguage(locale);
  const { title, ask, stop, stopped, resume, resumed, stays } = words[language];
  const form = (action: string, label: string, kind = '') =>
    `<form method="post"><input type="hidden" name="action" value="${action}"><button${kind}>${label}</button></form>`;
  const bodies: Record<PageState, string> = {
    ask: `<p>${ask}</p>${form('stop', stop)}<p><small>${stays}</small></p>`,
    stopped: `<p role="status">${stopped}</p><p><small>${stays}</small></p>${form('resume', resume, ' class="quiet"')}`,
    resumed: `<p role="status">${resumed}</p>${form('stop', stop, ' class="quiet"')}`,
  };
  return htmlPage({ language, title, company, body: bodies[state] });
}

/** What a made-up or cut link leads to. */
export const unknownLinkPage = (acceptLanguage: string | undefined): string => {
  const language = pageLanguage(acceptLanguage ?? 'en');
  const { title, unknown } = words[language];
  return htmlPage({ language, title, company: null, body: `<p>${unknown}</p>` });
};
