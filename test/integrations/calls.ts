import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Dial } from '../../shared/daily-calls/providers.ts';
import type { VendorFailure } from '../../shared/failures.ts';
import { eventually, type Receiver } from '../emulators/fixture.ts';

let calls = 0;

/** A call to be placed, with ids of its own. */
export const newDial = (more: Partial<Dial> & Pick<Dial, 'agentRef'>): Dial => ({
  attemptId: `attempt-${++calls}`,
  to: '+4915112345678',
  variables: { name: 'Ada' },
  metadata: { userId: 'user-1', localDate: '2026-03-01' },
  dialledAt: new Date(),
  ...more,
});

/** The classification that a request of a dialer ends with; fails when it succeeds. */
export const failureOf = (request: Promise<unknown>): Promise<VendorFailure> =>
  request.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: { failure: VendorFailure }) => error.failure,
  );

/** Waits for so many webhooks; returns their bodies in order of arrival. */
export const bodies = async (receiver: Receiver, count: number): Promise<Buffer[]> => {
  const received = await eventually(
    () => receiver.received,
    (all) => all.length >= count,
  );
  return received.map(({ body }) => Buffer.from(body));
};

/** An address where nobody listens any more. */
export const closedPort = (): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(`http://127.0.0.1:${port}`));
    });
  });
