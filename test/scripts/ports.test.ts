import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { assertPortsFree, freePorts } from '../../scripts/stack/ports.ts';

async function listen(host: string): Promise<number> {
  const server: Server = createServer().listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

it('names every busy port, its use, its holder and the variable to set', async () => {
  const [database, api, free] = [await listen('127.0.0.1'), await listen('0.0.0.0'), await freePorts()];
  const ports = { ...free, POSTGRES_PORT: database, PORT: api };
  const message = await assertPortsFree(ports).catch((error: Error) => error.message);
  const lines = String(message).split('\n');
  expect(lines[0]).toBe('Busy ports:');
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(`${database} for PostgreSQL: held by pid ${process.pid} \\(.*; set POSTGRES_PORT`),
    expect.stringMatching(`${api} for the API: held by pid ${process.pid} \\(.*; set PORT to use another`),
  ]);
});

it('finds free ports, each a different one', async () => {
  const ports = await freePorts();
  expect(new Set(Object.values(ports)).size).toBe(6);
  await assertPortsFree(ports);
});

it('waits for a port whose holder is about to end', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const free = assertPortsFree({ PORT: port }, 10_000);
  await expect(assertPortsFree({ PORT: port })).rejects.toThrow('Busy port:');
  server.close();
  await free;
});
