import { Readable } from 'node:stream';
import { classifyConnectionError, classifyStatus, VendorError } from '../http.ts';

export interface Recording {
  contents: Readable;
  contentType: string;
}

const MAX_REDIRECTS = 3;

/**
 * Opens a recording. Only over TLS, or from the very server that the API is at: an address that leads elsewhere could
 * reach what only this process can.
 */
export async function openRecording(api: URL, address: string, signal: AbortSignal): Promise<Recording> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    if (url.protocol !== 'https:' && url.origin !== api.origin) throw refused('address-not-allowed');
    const response = await fetch(url, { signal, redirect: 'manual' }).catch((error: unknown) => {
      throw new VendorError(classifyConnectionError(error));
    });
    const target = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && target) {
      await response.body?.cancel();
      url = new URL(target, url);
      continue;
    }
    if (!response.ok || !response.body) throw new VendorError(classifyRecordingAnswer(response.status));
    return {
      contents: Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
      contentType: response.headers.get('content-type') ?? 'audio/wav',
    };
  }
  throw refused('too-many-redirects');
}

const refused = (code: string) =>
  new VendorError({ kind: 'rejected', code, message: `the recording is not fetched: ${code}` });

/** A signed address that has run out answers 403: it will not get better, nor is our key refused. */
function classifyRecordingAnswer(status: number) {
  const message = `the recording's server answered ${status}`;
  if (status === 401 || status === 403 || status === 404 || status === 410) {
    return { kind: 'rejected' as const, code: 'recording-gone', message, status };
  }
  return classifyStatus(status, String(status), message);
}
