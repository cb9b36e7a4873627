import type { AttemptStatus } from './vocabulary.ts';

/** How much a status says; of two, the one that says more holds. */
const rank = {
  planned: 0,
  dialled: 1,
  ringing: 2,
  'in-progress': 3,
  unreported: 4,
  'no-answer': 5,
  busy: 5,
  failed: 5,
  canceled: 5,
  voicemail: 6,
  completed: 7,
} as const satisfies Record<Exclude<AttemptStatus, 'withdrawn'>, number>;

/**
 * The status of an attempt after a report, in whatever order reports come: never back, a better end over a worse one,
 * the first of equals. An unreported end gives way to any reported one. An attempt is withdrawn only before it
 * is dialled, and stays so.
 */
export function mergeStatus(current: AttemptStatus, reported: AttemptStatus): AttemptStatus {
  if (current === 'withdrawn') return current;
  if (reported === 'withdrawn') return current === 'planned' ? reported : current;
  return rank[reported] > rank[current] ? reported : current;
}
