import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorKit, FaultPlan } from '../../shared/emulator.ts';
import { type FaultBook, faultPlanSchema } from './faults.ts';
import type { RequestLog } from './requests.ts';
import type { EmulatorStore } from './store.ts';

const ledgerQuerySchema = z.object({
  vendor: z.string().optional(),
  operation: z.string().optional(),
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().positive().optional(),
});

function problem(c: Context, status: 400 | 404 | 500, detail: string, errors: unknown[] = []): Response {
  const titles = { 400: 'Bad request', 404: 'Not found', 500: 'Emulator error' };
  return c.json({ type: 'about:blank', title: titles[status], status, detail, errors }, status, {
    'content-type': 'application/problem+json',
  });
}

/** Error presenter of the whole host: what zod rejects is a 400 that names each field. */
export function presentError(error: Error, c: Context): Response {
  if (error instanceof z.ZodError) {
    const errors = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return problem(
      c,
      400,
      errors.map(({ path, message }) => `${path || 'body'}: ${message}`).join('; '),
      errors,
    );
  }
  if (error instanceof SyntaxError) return problem(c, 400, 'The body is not JSON.');
  process.stderr.write(`emulators: ${c.req.method} ${c.req.path}: ${error.stack ?? error.message}\n`);
  return problem(c, 500, error.message);
}

const requestsQuerySchema = ledgerQuerySchema.pick({ vendor: true, operation: true });

export interface HostedEmulator {
  emulator: Emulator;
  kit: EmulatorKit;
}

/** `/_emulator`: what tests and the development stack steer the emulators with; no vendor has this. */
export function controlRoutes(
  store: EmulatorStore,
  faults: FaultBook,
  requests: RequestLog,
  hosted: HostedEmulator[],
  isReady: () => boolean,
): Hono {
  const vendors = hosted.map(({ emulator }) => emulator.vendor);
  const vendorSchema = z.enum(vendors, `must be one of ${vendors.join(', ')}`);
  const app = new Hono();

  app.get('/health', (c) =>
    isReady() ? c.json({ status: 'ok', vendors }) : c.json({ status: 'starting', vendors }, 503),
  );
  app.get('/ledger', (c) => c.json(store.ledger(ledgerQuerySchema.parse(c.req.query()))));

  /** Every request that arrived, with its answer: also reads, and what was refused. */
  app.get('/requests', (c) => c.json(requests.list(requestsQuerySchema.parse(c.req.query()))));

  app.post('/faults', async (c) => {
    const plan = faultPlanSchema.parse(await c.req.json()) as FaultPlan;
    vendorSchema.parse(plan.vendor);
    return c.json(faults.add(plan), 201);
  });
  app.get('/faults', (c) => c.json(faults.list()));
  app.delete('/faults', (c) => {
    faults.remove(c.req.query('id'));
    return c.body(null, 204);
  });

  /** Forgets records, pending webhooks, ledger rows and requests (of `?vendor=`, else of all); faults stay. */
  app.delete('/state', (c) => {
    const vendor = vendorSchema.optional().parse(c.req.query('vendor'));
    store.clear(vendor);
    requests.clear(vendor);
    return c.body(null, 204);
  });

  app.post('/seed', async (c) => {
    const seeds = z.partialRecord(vendorSchema, z.unknown()).parse(await c.req.json());
    for (const { emulator, kit } of hosted) {
      const data = seeds[emulator.vendor];
      if (data === undefined) continue;
      if (!emulator.seed) return problem(c, 400, `The ${emulator.vendor} emulator takes no seed.`);
      kit.change(() => emulator.seed?.(kit, data));
    }
    return c.body(null, 204);
  });

  app.all('*', (c) => problem(c, 404, `No emulator control at ${c.req.method} ${c.req.path}.`));
  return app;
}
