import type { ReceivedRequest } from '../../scripts/emulators/requests.ts';
import type { FaultPlan, LedgerEntry } from '../../shared/emulator.ts';

export interface StandingFault {
  plan: FaultPlan;
  hits: number;
}

/** What a fault run asks of the emulators (`/_emulator`). */
export function emulatorControl(emulatorsUrl: string) {
  const control = `${emulatorsUrl}/_emulator`;
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${control}${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }
  const post = (path: string, body: unknown) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    seed: async (data: unknown) => void (await post('/seed', data)),
    /** Returns the fault's id. */
    async addFault(plan: FaultPlan): Promise<string> {
      const { id } = (await (await post('/faults', plan)).json()) as { id: string };
      return id;
    },
    /** Ends one fault, or all. */
    async heal(id?: string): Promise<void> {
      await ask(id === undefined ? '/faults' : `/faults?id=${id}`, { method: 'DELETE' });
    },
    /** The standing faults and how often each has hit. */
    faults: async () => (await (await ask('/faults')).json()) as StandingFault[],
    ledger: async (vendor: string, operation: string) =>
      (await (await ask(`/ledger?vendor=${vendor}&operation=${operation}`)).json()) as LedgerEntry[],
    /** Every request that reached a vendor, of one operation or of all. */
    async requests(vendor: string, operation?: string): Promise<ReceivedRequest[]> {
      const query = operation ? `vendor=${vendor}&operation=${operation}` : `vendor=${vendor}`;
      return (await (await ask(`/requests?${query}`)).json()) as ReceivedRequest[];
    },
  };
}

export type EmulatorControl = ReturnType<typeof emulatorControl>;
