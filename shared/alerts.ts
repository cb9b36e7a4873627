/**
 * Every kind of alert: what it says, and where the way out stands. Raised once, however often it is found again;
 * cleared by whoever finds that it is over.
 */
export const alertKinds = {
  'vendor-key-refused': {
    says: 'A vendor refuses the key of a company; its work waits.',
    runbook: 'a-key-is-refused',
  },
  'component-down': {
    says: 'A part that the work needs does not answer as it should.',
    runbook: 'a-component-is-down',
  },
  'circuit-open': {
    says: 'Calls to a vendor rest after failures; the work that needs it waits.',
    runbook: 'a-component-is-down',
  },
  'queue-stalled': {
    says: 'Work on a task queue waits too long, or nobody serves the queue.',
    runbook: 'a-queue-stalls',
  },
  'inbox-stuck': {
    says: 'An accepted event has not been handed over for minutes.',
    runbook: 'inbox-does-not-drain',
  },
  'runs-failing': {
    says: 'More than one run in twenty fails.',
    runbook: 'runs-fail',
  },
  'heartbeat-missing': {
    says: 'Nobody looks after the parts: no heartbeat has gone through for minutes.',
    runbook: 'the-heartbeat-is-missing',
  },
  'invoice-in-another-currency': {
    says: 'An invoice is not in the currency of its company; it is not counted.',
    runbook: 'a-payment-failed',
  },
  'subscribed-twice': {
    says: 'A company has more than one subscription and pays for each.',
    runbook: 'a-payment-failed',
  },
  'calendar-bookings-gone': {
    says: 'Many appointments of a company are not in its calendar any more; nothing was cancelled.',
    runbook: 'bookings-are-gone-from-the-calendar',
  },
  'billing-failed': {
    says: 'Companies could not be billed for a month.',
    runbook: 'billing-failed',
  },
  'erasure-incomplete': {
    says: 'Something of a person who is to be forgotten does not go.',
    runbook: 'an-erasure-is-partial',
  },
  'message-text-broken': {
    says: 'A text of a company cannot be used; our own words stand in for it.',
    runbook: 'a-message-did-not-arrive',
  },
} as const satisfies Record<string, { says: string; runbook: string }>;

export type AlertKind = keyof typeof alertKinds;
