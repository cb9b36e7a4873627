import { createTwilioClient } from '../../../integrations/twilio/client.ts';
import { createTwilioEmulator } from '../../../integrations/twilio/emulator.ts';
import { startTestHost } from '../../emulators/fixture.ts';

export const accountSid = 'ACtest'.padEnd(34, '0');
export const authToken = 'twilio_test_token';
export const from = '+4930901820';
export const to = '+4915123456789';

/** An emulator of its own and our client for it. */
export async function startTwilio() {
  const host = await startTestHost(createTwilioEmulator({ accountSid, authToken }));
  const connect = (overrides: Partial<Parameters<typeof createTwilioClient>[0]> = {}) =>
    createTwilioClient({
      accountSid,
      authToken,
      baseUrl: `${host.url}/twilio`,
      timeoutMs: 5_000,
      ...overrides,
    });
  return { host, connect, client: connect() };
}

/** The error that a promise ends with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
