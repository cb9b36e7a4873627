import { askStatus, classifyStatus, VendorError } from '../http.ts';

/** CallKaro documents no question that changes nothing: any answer below 500 says that it is there. */
export async function pingCallKaro(config: { baseUrl: string; timeoutMs: number }): Promise<void> {
  const status = await askStatus(config.baseUrl, {}, config.timeoutMs);
  if (status >= 500) {
    throw new VendorError(classifyStatus(status, String(status), `callkaro answered ${status}`));
  }
}
