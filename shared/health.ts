import type { AlertKind } from './alerts.ts';

/** What one look at a part found. */
export interface CheckResult {
  /** `postgres`, `retell`, `queue/<task queue>`, `crossing/<task queue>`, … */
  name: string;
  ok: boolean;
  /** So many looks in a row have to fail before the part counts as down: 2 where one lost answer says nothing. */
  patience: number;
  latencyMs: number | null;
  /** No personal data. */
  detail: Record<string, unknown>;
}

/** `failing`: the last look failed, and one alone says nothing yet. */
export type CheckStatus = 'up' | 'failing' | 'down';

/** The name under which a heartbeat notes that it went through. */
export const HEARTBEAT = 'heartbeat';
/** Three beats that did not come. */
export const HEARTBEAT_LIMIT_MS = 3 * 60_000;

export const queueCheck = (taskQueue: string) => `queue/${taskQueue}`;
export const crossingCheck = (taskQueue: string) => `crossing/${taskQueue}`;

/** The kinds of alerts that follow from checks. */
export const checkAlertKinds = ['component-down', 'inbox-stuck', 'queue-stalled', 'runs-failing'] as const;

/** Which alert stands while a check is down; several checks may speak of one thing. */
export function alertOfCheck(name: string): {
  kind: (typeof checkAlertKinds)[number] & AlertKind;
  entity: string;
} {
  const queue = /^(?:queue|crossing)\/(.+)$/.exec(name)?.[1];
  if (queue) return { kind: 'queue-stalled', entity: queue };
  if (name === 'inbox') return { kind: 'inbox-stuck', entity: name };
  if (name === 'runs') return { kind: 'runs-failing', entity: name };
  return { kind: 'component-down', entity: name };
}
