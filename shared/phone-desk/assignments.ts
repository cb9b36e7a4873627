/** What is to become of a staff member as a host of an event type. */
export const assignmentActions = ['assign', 'remove'] as const;
export type AssignmentAction = (typeof assignmentActions)[number];

/**
 * How a batch stands. `finished`: everything had its turn · `cancelled`: stopped on request, the rest was not begun ·
 * `key-refused`: the calendar refuses the company's key · `not-connected`: the company has no key or is not active.
 */
export const batchStates = ['running', 'finished', 'cancelled', 'key-refused', 'not-connected'] as const;
export type BatchState = (typeof batchStates)[number];

/**
 * How one of its assignments stands. `done`: the batch has changed it · `unchanged`: it was so already · `skipped`: an
 * undo has left it, because it was changed since.
 */
export const itemStatuses = ['pending', 'done', 'unchanged', 'skipped', 'failed', 'cancelled'] as const;
export type ItemStatus = (typeof itemStatuses)[number];

/** A host of a team's event type, as the calendar has them. */
export interface Host {
  userId: number;
  mandatory?: boolean;
  priority?: string | null;
}

/** The most pairs of staff member and event type in one batch. */
export const ASSIGNMENTS_MAX = 1_000;
