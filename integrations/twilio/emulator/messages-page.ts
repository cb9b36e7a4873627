import { html } from 'hono/html';
import { type MessageRecord, statusAt } from './message-resource.ts';

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 44rem; padding: 1.5rem 1rem; }
  h1 { font-size: 1.25rem; margin: .25rem 0 1rem; }
  a { color: light-dark(#2556c7, #8fb2ff); }
  ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
  li { border: 1px solid light-dark(#d8dce3, #3a4050); border-radius: .6rem; padding: .75rem 1rem; }
  p { margin: .35rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .875rem; color: light-dark(#566070, #a3adbd); }
  header b { color: light-dark(#161b26, #f0f3f8); }
`;

/** A plain page of the text messages that Twilio took, newest first. */
export function messagesPage(messages: MessageRecord[], now: Date) {
  const items = messages.toReversed().map(
    (message) => html`<li>
      <header>
        <span>To <b>${message.to}</b></span>
        <span>from ${message.from ?? message.messagingServiceSid}</span>
        <span>${statusAt(message, now)}</span>
        <time datetime="${message.createdAt}">${message.createdAt.slice(0, 19).replace('T', ' ')} UTC</time>
      </header>
      <p>${message.body}</p>
    </li>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Text messages</title>
        <link rel="icon" href="data:," />
        <style>
          ${style}
        </style>
      </head>
      <body>
        <nav><a href="/mail">← Inbox</a></nav>
        <h1>Text messages</h1>
        ${items.length ? html`<ol>${items}</ol>` : html`<p>No text message yet. Those that are sent appear here.</p>`}
      </body>
    </html>`;
}
