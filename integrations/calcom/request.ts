import { classifyConnectionError, classifyStatus, retryAfterMs, VendorError } from '../http.ts';

export interface CalcomConfig {
  /** With the `/v2` path, e.g. `https://api.cal.com/v2`. */
  baseUrl: string;
  timeoutMs: number;
}

/** Cal.com has no code for a lost slot: these are its words for it (providers sheet 2.3). */
const takenWords = /already (has|have) booking|not available|no longer available/i;

const SLOT_TAKEN = 'slot-taken';

interface Envelope<T> {
  data: T;
  pagination?: { hasNextPage: boolean };
}

/** Requests with one company's key, their answers unwrapped. Throw `VendorError`. */
export function createCalcomRequest(config: CalcomConfig, apiKey: string) {
  async function envelope<T>(
    version: string,
    method: string,
    path: string,
    options: { query?: Record<string, string>; body?: unknown } = {},
  ): Promise<Envelope<T> | undefined> {
    const url = new URL(`${config.baseUrl}${path}`);
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          'cal-api-version': version,
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        signal: AbortSignal.timeout(config.timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      throw new VendorError(classifyConnectionError(error));
    }
    if (!response.ok) throw new VendorError(classifyAnswer(response, text));
    return text === '' ? undefined : (JSON.parse(text) as Envelope<T>);
  }
  const request = async <T>(...args: Parameters<typeof envelope>) => (await envelope<T>(...args))?.data as T;
  return { envelope, request };
}

function classifyAnswer(response: Response, text: string) {
  const error = parseError(text);
  if (response.status === 400 && takenWords.test(error.message)) {
    return { kind: 'rejected' as const, code: SLOT_TAKEN, message: 'the slot is taken', status: 400 };
  }
  const waitSeconds =
    response.headers.get('x-ratelimit-reset-default') ?? response.headers.get('retry-after');
  return classifyStatus(
    response.status,
    error.code,
    `Cal.com answered ${response.status} ${error.code}`,
    retryAfterMs(waitSeconds, Date.now()),
  );
}

function parseError(text: string): { code: string; message: string } {
  try {
    const body = JSON.parse(text) as { error?: { code?: string; message?: string } };
    return { code: body.error?.code ?? 'unknown', message: body.error?.message ?? '' };
  } catch {
    return { code: 'unreadable', message: '' };
  }
}
