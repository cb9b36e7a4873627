import type { FaultPlan, LedgerEntry } from '../../shared/emulator.ts';

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
    addFault: async (plan: FaultPlan) => void (await post('/faults', plan)),
    heal: async () => void (await ask('/faults', { method: 'DELETE' })),
    /** How often each standing fault has hit, by operation. */
    async hits(): Promise<Record<string, number>> {
      const faults = (await (await ask('/faults')).json()) as { plan: FaultPlan; hits: number }[];
      return Object.fromEntries(faults.map(({ plan, hits }) => [plan.operation, hits]));
    },
    ledger: async (vendor: string, operation: string) =>
      (await (await ask(`/ledger?vendor=${vendor}&operation=${operation}`)).json()) as LedgerEntry[],
  };
}

export type EmulatorControl = ReturnType<typeof emulatorControl>;
