import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { portHolder } from './port-holder.ts';

/** The variable that sets a port, and what listens there. */
export const portUses = {
  POSTGRES_PORT: 'PostgreSQL',
  TEMPORAL_PORT: 'Temporal',
  TEMPORAL_UI_PORT: "Temporal's Web UI",
  EMULATORS_PORT: 'the emulators',
  SMTP_PORT: 'the SMTP emulator',
  PORT: 'the API',
} as const;

export type PortVariable = keyof typeof portUses;
export type Ports = Record<PortVariable, number>;

const RETRY_INTERVAL_MS = 100;

export const portVariables = Object.keys(portUses) as PortVariable[];

/**
 * Free ports for all parts, each a different one. A connection that the listening side closes first stays in
 * TIME_WAIT, which keeps the system from giving the port to somebody else before its owner listens.
 */
export async function freePorts(): Promise<Ports> {
  const found = await Promise.all(
    portVariables.map(async (variable) => [variable, await freePort()] as const),
  );
  return Object.fromEntries(found) as Ports;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const client = connect(port, '127.0.0.1').on('error', () => {});
  const [socket] = await accepted;
  socket.end();
  await once(client.resume(), 'close');
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Throws one error that names every busy port, what it is for, who holds it, and the variable to set.
 * `graceMs`: how long a busy port may take to become free.
 */
export async function assertPortsFree(ports: Partial<Ports>, graceMs = 0): Promise<void> {
  const deadline = Date.now() + graceMs;
  let busy = await busyPorts(ports);
  while (busy.length > 0 && Date.now() < deadline) {
    await delay(RETRY_INTERVAL_MS);
    busy = await busyPorts(ports);
  }
  if (busy.length === 0) return;
  const lines = busy.map(
    ([variable, port]) =>
      `  ${port} for ${portUses[variable]}: held by ${portHolder(port)}; set ${variable} to use another`,
  );
  throw new Error(`Busy port${busy.length > 1 ? 's' : ''}:\n${lines.join('\n')}`);
}

async function busyPorts(ports: Partial<Ports>): Promise<[PortVariable, number][]> {
  const checks = portVariables.map(async (variable): Promise<[PortVariable, number][]> => {
    const port = ports[variable];
    return port === undefined || (await canListen(port)) ? [] : [[variable, port]];
  });
  return (await Promise.all(checks)).flat();
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    await new Promise((resolve) => server.close(resolve));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw new Error(`Port ${port} cannot be used: ${(error as Error).message}`);
  }
}
