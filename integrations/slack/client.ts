import { classifyConnectionError, classifyStatus, retryAfterMs, VendorError } from '../http.ts';

export interface ChatWebhookConfig {
  /** Of an incoming webhook: Slack's own, or any that takes the same posts (Mattermost, Rocket.Chat, …). */
  url: string;
  timeoutMs: number;
}

/** Posts texts to a channel. Throws `VendorError`; nothing is retried here, and nothing can be looked up. */
export interface ChatWebhook {
  post(text: string): Promise<void>;
}

/** Characters that mean something in Slack's markup. */
const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export function createChatWebhook({ url, timeoutMs }: ChatWebhookConfig): ChatWebhook {
  return {
    async post(text) {
      let response: Response;
      let answer: string;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: text.replace(/[&<>]/g, (character) => escapes[character]!) }),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        answer = await response.text();
      } catch (error) {
        throw new VendorError(classifyConnectionError(error));
      }
      if (response.ok) return;
      // The answer is one word, e.g. `invalid_token`, `no_service`, `channel_is_archived`.
      const code = /^[a-z_]{1,50}$/.test(answer) ? answer : String(response.status);
      throw new VendorError(
        classifyStatus(
          response.status,
          code,
          `the chat answered ${response.status} ${code}`,
          retryAfterMs(response.headers.get('retry-after'), Date.now()),
        ),
      );
    },
  };
}
