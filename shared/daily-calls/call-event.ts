import type { CallReport } from './providers.ts';

/** What the inbox needs to know about a webhook of a provider of outbound calls. */
export interface OutboundCallEvent {
  eventType: string;
  /** The same for every delivery of one event; the providers send no event ids. */
  eventKey: string;
  providerCallId: string | null;
  /** Our attempt, when the provider echoes its metadata. */
  attemptId: string | null;
  /** E.164. */
  toNumber: string | null;
  /** A status or reason that tells nothing: nobody documented it. */
  unknownStatus: string | null;
  /** Null: nothing that a call waits for. */
  report: CallReport | null;
}

/** Thrown for a body that is not JSON (`problems` empty) or does not have the fields of an event. */
export class InvalidCallEventError extends Error {
  override readonly name = 'InvalidCallEventError';
  readonly reason: 'json' | 'fields';
  readonly problems: { path: string; message: string }[];

  constructor(reason: 'json' | 'fields', problems: { path: string; message: string }[] = []) {
    super(
      reason === 'json'
        ? 'the body is not JSON'
        : `the event has ${problems.length} field problem(s): ${problems.map(({ path }) => path).join(', ')}`,
    );
    this.reason = reason;
    this.problems = problems;
  }
}

/** Whether the sender of a webhook is who it should be. */
export type SenderCheck = { ok: true } | { ok: false; reason: 'missing' | 'mismatch' };
