/**
 * Every kind of alert: what it says, and where the way out stands. Raised once, however often it is found again;
 * cleared by whoever finds that it is over.
 */
export const alertKinds = {
  'vendor-key-refused': {
    says: 'A vendor refuses the key of a company; its work waits.',
    runbook: 'a-key-is-refused',
  },
} as const satisfies Record<string, { says: string; runbook: string }>;

export type AlertKind = keyof typeof alertKinds;
