import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';

/** Our own database: short, repeatable, and worth no history event. */
export const databaseStep = {
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '100ms', maximumInterval: '30s' },
} as const satisfies LocalActivityOptions;

/** A batch in our own database, safe to repeat; a worker that dies over it is noticed soon. */
export const databaseBatch = {
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
} as const satisfies ActivityOptions;

/** Starts of many runs, safe to repeat. It says that it goes on: others who are due must not wait for a dead worker. */
export const launchBatch = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
} as const satisfies ActivityOptions;

/**
 * The first try of an outside effect, inside the workflow task: most effects succeed at once, and the
 * ledger makes a lost attempt harmless. One attempt; what fails goes on under the effect's own policy.
 */
export const effectFirstTry = {
  startToCloseTimeout: '6s',
  retry: { maximumAttempts: 1 },
} as const satisfies LocalActivityOptions;

/**
 * A calendar that is down is waited for: half an hour of outage is ordinary, six hours is a matter for a
 * person. The ledger decides whether an attempt may repeat anything.
 */
export const calendarEffect = {
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '6 hours',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies ActivityOptions;

/**
 * A call waits for its provider while its moment is near; after half an hour the attempt counts as failed and the
 * rule for the next attempt decides.
 */
export const dialEffect = {
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '30 minutes',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
} as const satisfies ActivityOptions;

/** A message that is a day late says the wrong thing. */
export const messageEffect = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '12 hours',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10 minutes' },
} as const satisfies ActivityOptions;

/** An undo must succeed; only a person may give it up. */
export const undoEffect = {
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '7 days',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const satisfies ActivityOptions;

/** All of a person at once: more rows than a batch, and runs to be ended one by one. It must succeed. */
export const erasureBatch = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '1 minute',
  scheduleToCloseTimeout: '7 days',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const satisfies ActivityOptions;

/** Packing all recordings of a person takes its time; it says that it goes on. After a day the request has failed. */
export const exportBuild = {
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30s',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '10 minutes' },
} as const satisfies ActivityOptions;

/** Reading from a provider changes nothing there and can be repeated freely. */
export const providerRead = {
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies ActivityOptions;

/** What a provider may say later as well: nobody waits for it, a day of outage is no loss. */
export const providerLateRead = {
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10 minutes' },
} as const satisfies ActivityOptions;

/** A file on its way: it says that it goes on, and begins anew when its worker dies. */
export const fileTransfer = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '20s',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10 minutes' },
} as const satisfies ActivityOptions;

/** What a calendar says is waited for as long as what is asked of it. */
export const calendarRead = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '6 hours',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies ActivityOptions;

/** Looking ahead asks slowly, one event type after the other; the next run makes up for what fails for long. */
export const calendarLookAhead = {
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30s',
  scheduleToCloseTimeout: '2 hours',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const satisfies ActivityOptions;

/** A subscription can wait; what Stripe says about it is read as soon as it can be asked again. */
export const billingRead = {
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '7 days',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const satisfies ActivityOptions;

/** A refund or a cancellation is money: it is tried for a day, and whoever asked sees that it was given up. */
export const billingEffect = {
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const satisfies ActivityOptions;

/**
 * A comparison with a calendar comes again by itself: what the calendar does not say within minutes it says then. A
 * refused key is told at once.
 */
export const calendarSyncRead = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '5 minutes',
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '30s',
    nonRetryableErrorTypes: ['VendorUnauthorized'] as string[],
  },
} as const satisfies ActivityOptions;

/**
 * The hosts of an event type, read, written and looked at again in one go, from a fresh look at each attempt. A calendar
 * that is down is waited for as long as for a booking; a refused key stops the batch at once.
 */
export const calendarHosts = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '6 hours',
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    nonRetryableErrorTypes: ['VendorUnauthorized'] as string[],
  },
} as const satisfies ActivityOptions;

/** A language model is slow, repeatable and replaceable: after an hour a person reads the call. */
export const modelRead = {
  startToCloseTimeout: '70s',
  heartbeatTimeout: '70s',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '2 minutes', maximumAttempts: 8 },
} as const satisfies ActivityOptions;

/** A look at all parts, each within its own limit. One attempt: what a repeat would find, the next beat finds. */
export const heartbeatLook = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '40s',
  retry: { maximumAttempts: 1 },
} as const satisfies ActivityOptions;

/**
 * A no-op through a queue: half a minute is what work there may wait. It goes through the server, also on the queue of
 * the run itself.
 */
export const queueCrossing = {
  scheduleToCloseTimeout: '30s',
  startToCloseTimeout: '10s',
  retry: { maximumAttempts: 1 },
  allowEagerDispatch: false,
} as const satisfies ActivityOptions;
