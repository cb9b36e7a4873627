import { askStatus, classifyStatus, VendorError } from '../http.ts';

/** Proves key and connection. Vapi's library is not loaded for it: it costs more than the question. */
export async function pingVapi(config: {
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
}): Promise<void> {
  const status = await askStatus(
    `${config.baseUrl}/call?limit=1`,
    { authorization: `Bearer ${config.apiKey}` },
    config.timeoutMs,
  );
  if (status >= 400) throw new VendorError(classifyStatus(status, String(status), `vapi answered ${status}`));
}
