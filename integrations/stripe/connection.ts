import Stripe from 'stripe';

export interface StripeConfig {
  apiKey: string;
  /** `https://api.stripe.com` or the emulator's address. */
  baseUrl: string;
  timeoutMs: number;
}

/** The library repeats a request once whose connection was closed, whatever its settings say; repeating is not its business. */
const repeatedByLibrary = new Set(['ECONNRESET', 'EPIPE']);

/** Hides the code that makes the library repeat; the cause keeps it for `classifyStripeError`. */
function once(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (repeatedByLibrary.has(code)) throw new Error('the connection was closed', { cause: error });
  throw error;
}

/** Stripe's own library at this address: one attempt per call, no telemetry. The pinned API version is the library's. */
export function connectStripe({ apiKey, baseUrl, timeoutMs }: StripeConfig): Stripe {
  const { protocol, hostname, port, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/$/, '');
  const httpClient = Stripe.createNodeHttpClient();
  const request = httpClient.makeRequest.bind(httpClient);
  httpClient.makeRequest = (host, toPort, path, ...rest) =>
    request(host, toPort, prefix + path, ...rest).catch(once);
  return new Stripe(apiKey, {
    host: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    protocol: protocol === 'http:' ? 'http' : 'https',
    httpClient,
    timeout: timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
