import { html } from 'hono/html';

const style = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#dfe3e8;--page:#f4f5f7;--card:#fff;--accent:#1f5fd6}
@media (prefers-color-scheme:dark){:root{--ink:#e7eaef;--soft:#9aa5b4;--line:#303843;--page:#12161c;--card:#1b2129;--accent:#7fb0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:1rem}h1{font-size:1.35rem;margin:.5rem 0 1rem}h2{font-size:1rem;margin:1.5rem 0 .5rem}
a{color:var(--accent)}a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
ol.mails{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden}
ol.mails li+li{border-top:1px solid var(--line)}ol.mails a{display:grid;grid-template-columns:1fr auto;gap:.1rem 1rem;padding:.75rem 1rem;color:inherit;text-decoration:none}
ol.mails a:hover{background:color-mix(in srgb,var(--accent) 8%,transparent)}ol.mails strong{overflow-wrap:anywhere}
.soft{color:var(--soft);font-size:.875rem}.tag{border:1px solid var(--line);border-radius:99px;padding:0 .5rem;font-size:.75rem;white-space:nowrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
iframe{width:100%;height:30rem;border:1px solid var(--line);border-radius:12px;background:#fff}pre{white-space:pre-wrap;margin:0;font-size:.875rem}
`;

/** The frame of every inbox page: no script, one column, light and dark. */
export const mailPage = (title: string, body: unknown, refresh = false) => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${refresh ? html`<meta http-equiv="refresh" content="5">` : ''}
<title>${title}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;
