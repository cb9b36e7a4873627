import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { Emulator, EmulatorListener } from '../../shared/emulator.ts';
import { controlRoutes, type HostedEmulator, presentError } from './control.ts';
import { createDeliveries } from './deliveries.ts';
import { createFaultBook } from './faults.ts';
import { createKit } from './kit.ts';
import { createRequestLog } from './requests.ts';
import { openStore } from './store.ts';

export interface EmulatorHostOptions {
  /** The journal lives in `<dataDir>/emulators/`. One host at a time. */
  dataDir: string;
  /** 0 takes a free port. */
  port: number;
  emulators: Emulator[];
}

export interface EmulatorHost {
  port: number;
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Port of the SMTP server, null when no mail emulator was given. */
  smtpPort: number | null;
  /** Ends all servers and cuts open connections; pending webhooks are taken up at the next start. */
  close(): Promise<void>;
}

/** Serves the given vendors at `http://127.0.0.1:<port>/<vendor>` and steers them at `/_emulator`. */
export async function createEmulatorHost({
  dataDir,
  port,
  emulators,
}: EmulatorHostOptions): Promise<EmulatorHost> {
  const app = new Hono();
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  // The port is taken before the journal is opened: a second host on the same port must not touch it.
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  const store = openStore(join(dataDir, 'emulators', 'journal.jsonl'));
  const faults = createFaultBook();
  const requests = createRequestLog();
  const hosted = new Map<string, HostedEmulator>();
  const deliveries = createDeliveries(store, faults, (vendor, webhook) => {
    const owner = hosted.get(vendor);
    return owner?.emulator.webhookHeaders?.(owner.kit, webhook) ?? {};
  });
  for (const emulator of emulators) {
    const kit = createKit(emulator.vendor, store, faults, requests, deliveries.enqueue);
    hosted.set(emulator.vendor, { emulator, kit });
    const path = emulator.path ?? `/${emulator.vendor}`;
    app.use(`${path}/*`, requests.watch(emulator.vendor));
    app.route(path, emulator.routes(kit));
  }
  let ready = false;
  app.route(
    '/_emulator',
    controlRoutes(store, faults, requests, [...hosted.values()], () => ready),
  );
  app.onError(presentError);

  const listeners: EmulatorListener[] = [];
  for (const { emulator, kit } of hosted.values()) {
    if (emulator.listen) listeners.push(await emulator.listen(kit));
  }
  for (const vendor of hosted.keys()) deliveries.resume(vendor);
  ready = true;

  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    smtpPort: listeners[0]?.port ?? null,
    async close() {
      deliveries.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, ...listeners.map((listener) => listener.close())]);
      store.close();
    },
  };
}
