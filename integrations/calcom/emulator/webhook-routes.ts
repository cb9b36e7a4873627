import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Operation } from '../../../shared/emulator.ts';
import { type CalcomVariables, requireKey } from './guards.ts';
import { type CalcomWebhooks, createWebhookSchema, updateWebhookSchema } from './webhooks.ts';

type C = Context<CalcomVariables>;

/** How a route answers: under the fault plan, in the vendor's envelope. */
export interface Answering {
  read(c: C, operation: string, work: () => unknown): Promise<Response>;
  write(c: C, operation: Operation, status: number, work: () => unknown): Promise<Response>;
  readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>>;
}

const eventTypeOf = (c: C) => {
  const id = c.req.param('eventTypeId');
  return id === undefined ? null : Number(id);
};

/** Webhook subscriptions of a user, and those of one event type. */
export function addWebhookRoutes(
  app: Hono<CalcomVariables>,
  { read, write, readBody }: Answering,
  webhooks: CalcomWebhooks,
): void {
  for (const base of ['/v2/webhooks', '/v2/event-types/:eventTypeId{[0-9]+}/webhooks']) {
    app.post(base, async (c) => {
      const key = requireKey(c);
      const request = await readBody(c, createWebhookSchema);
      return write(c, { operation: 'webhooks.create', key: null, request }, 201, () =>
        webhooks.create(key, request, eventTypeOf(c)),
      );
    });
    app.get(base, (c) => {
      const key = requireKey(c);
      return read(c, 'webhooks.list', () => webhooks.list(key, eventTypeOf(c)));
    });
    app.get(`${base}/:id`, (c) => {
      const key = requireKey(c);
      return read(c, 'webhooks.get', () => webhooks.get(key, c.req.param('id') ?? ''));
    });
    app.patch(`${base}/:id`, async (c) => {
      const key = requireKey(c);
      const id = c.req.param('id') ?? '';
      const body = await readBody(c, updateWebhookSchema);
      return write(c, { operation: 'webhooks.update', key: null, request: { id, ...body } }, 200, () =>
        webhooks.update(key, id, body),
      );
    });
    app.delete(`${base}/:id`, (c) => {
      const key = requireKey(c);
      const id = c.req.param('id') ?? '';
      return write(c, { operation: 'webhooks.delete', key: null, request: { id } }, 200, () =>
        webhooks.remove(key, id),
      );
    });
  }
}
