import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const BASE = '/mail';

/** Everything from this server only, and no script but the inbox's own. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface PageParts {
  title: string;
  /** What the list is filtered by. */
  filter: string;
  list: { markup: Html; source: string; version: string };
  /** The open mail; null on the inbox itself, where a phone shows the list instead. */
  reading: Html | null;
}

/** The frame of all pages of the inbox. */
export function page({ title, filter, list, reading }: PageParts): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${BASE}/inbox.css">
<script src="${BASE}/inbox.js" defer></script>
</head>
<body class="${reading ? 'reading' : 'browsing'}">
${reading ? html`<a class="skip" href="#mail">Skip to the mail</a>` : ''}
<header class="top">
<a class="name" href="${BASE}">Inbox</a>
<form action="${BASE}" role="search">
<label class="hidden" for="filter">Recipient or subject</label>
<input id="filter" name="q" type="search" value="${filter}" placeholder="Recipient or subject" autocomplete="off">
<button>Find</button>
</form>
<span id="notice" role="alert"></span>
<span id="news" class="hidden" role="status"></span>
<nav><a href="/twilio/_emulator/messages">Text messages</a></nav>
</header>
<div class="panes">
<div class="list" id="list" data-source="${list.source}" data-version="${list.version}">${list.markup}</div>
<main id="mail" tabindex="-1">${reading ?? html`<p class="nothing">Choose a mail to read it here.</p>`}</main>
</div>
</body>
</html>`;
}
