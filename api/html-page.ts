import { escapeHtml } from '../shared/escape-html.ts';

export type PageLanguage = 'de' | 'en';

/** Of a person's locale, or of what a browser says it prefers. */
export const pageLanguage = (locale: string): PageLanguage =>
  locale.toLowerCase().startsWith('de') ? 'de' : 'en';

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
:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--text:#1c2430;--soft:#5b6675;--accent:#2556c7;--line:#8b96a5;--wrong:#a11212;font:1.0625rem/1.5 system-ui,sans-serif}
@media (prefers-color-scheme:dark){:root{--page:#15181e;--card:#1e232c;--text:#eef1f6;--soft:#a3adbd;--accent:#8fb2ff;--line:#5b6675;--wrong:#ff9d9d}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--page);color:var(--text)}
main{box-sizing:border-box;width:min(30rem,100% - 2rem);padding:1.75rem;border-radius:12px;background:var(--card)}
h1{font-size:1.25rem;margin:0 0 .25rem}
p{margin:.75rem 0}
small{color:var(--soft)}
input{box-sizing:border-box;width:100%;min-height:3rem;margin-top:.25rem;padding:0 .75rem;border:1px solid var(--line);border-radius:8px;background:none;color:inherit;font:inherit;letter-spacing:.15em;text-transform:uppercase}
[role=alert]{color:var(--wrong)}
button{width:100%;min-height:3rem;margin-top:.5rem;padding:.6rem 1rem;border:0;border-radius:8px;background:#2556c7;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button.quiet{background:none;color:var(--accent);border:1px solid currentColor}
button:hover{filter:brightness(1.1)}
button:focus-visible,input:focus-visible{outline:3px solid var(--text);outline-offset:3px}
`;

/** A page for customers of a company; `title` and `body` are our own words, as HTML. */
export function htmlPage(page: {
  language: PageLanguage;
  title: string;
  company: string | null;
  body: string;
}): string {
  const { language, title, company, body } = page;
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
