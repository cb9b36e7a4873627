import type { RequestListener } from 'node:http';
import type { WebhookHandler } from './receive.ts';

/**
 * Serves webhooks straight from `node:http`, past the application's middleware, which about halves their
 * rate; every other request goes on to `next`.
 */
export function createListener(
  webhooks: Readonly<Record<string, WebhookHandler>>,
  next: RequestListener,
): RequestListener {
  const handlers = new Map(Object.entries(webhooks));
  return (req, res) => {
    const [path = ''] = (req.url ?? '').split('?', 1);
    const handler = handlers.get(path);
    if (handler) void handler(req, res);
    else next(req, res);
  };
}
