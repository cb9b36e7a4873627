import { escapeHtml } from '../../shared/messages/appointment/company-text.ts';

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

const words: Record<'de' | 'en', Words> = {
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

/** Everything on the page comes with it; its only form posts to itself. */
export const pagePolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** No `light-dark()`: telephones of 2023 do not know it, and would show white words on white. */
const style = `
:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--text:#1c2430;--soft:#5b6675;--accent:#2556c7;font:1.0625rem/1.5 system-ui,sans-serif}
@media (prefers-color-scheme:dark){:root{--page:#15181e;--card:#1e232c;--text:#eef1f6;--soft:#a3adbd;--accent:#8fb2ff}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--page);color:var(--text)}
main{box-sizing:border-box;width:min(30rem,100% - 2rem);padding:1.75rem;border-radius:12px;background:var(--card)}
h1{font-size:1.25rem;margin:0 0 .25rem}
p{margin:.75rem 0}
small{color:var(--soft)}
button{width:100%;min-height:3rem;margin-top:.5rem;padding:.6rem 1rem;border:0;border-radius:8px;background:#2556c7;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button.quiet{background:none;color:var(--accent);border:1px solid currentColor}
button:hover{filter:brightness(1.1)}
button:focus-visible{outline:3px solid var(--text);outline-offset:3px}
`;

export type PageState = 'ask' | 'stopped' | 'resumed';

function htmlPage(language: 'de' | 'en', company: string | null, body: string): string {
  const { title } = words[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body><main>
<h1>${title}</h1>
${company ? `<small>${escapeHtml(company)}</small>` : ''}
${body}
</main></body>
</html>
`;
}

/** The page behind the link in a reminder. It works without scripts; only its button does something. */
export function unsubscribePage(locale: string, company: string, state: PageState): string {
  const language = locale.startsWith('de') ? 'de' : 'en';
  const { ask, stop, stopped, resume, resumed, stays } = words[language];
  const form = (action: string, label: string, kind = '') =>
    `<form method="post"><input type="hidden" name="action" value="${action}"><button${kind}>${label}</button></form>`;
  const bodies: Record<PageState, string> = {
    ask: `<p>${ask}</p>${form('stop', stop)}<p><small>${stays}</small></p>`,
    stopped: `<p role="status">${stopped}</p><p><small>${stays}</small></p>${form('resume', resume, ' class="quiet"')}`,
    resumed: `<p role="status">${resumed}</p>${form('stop', stop, ' class="quiet"')}`,
  };
  return htmlPage(language, company, bodies[state]);
}

/** What a made-up or cut link leads to. */
export const unknownLinkPage = (acceptLanguage: string | undefined): string => {
  const language = acceptLanguage?.toLowerCase().startsWith('de') ? 'de' : 'en';
  return htmlPage(language, null, `<p>${words[language].unknown}</p>`);
};
