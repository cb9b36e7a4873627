import type { Context, Hono } from 'hono';

/** One row of a vendor's own book: an operation that the emulator really executed. */
export interface LedgerEntry {
  seq: number;
  /** ISO 8601, UTC. */
  at: string;
  vendor: string;
  /** Dotted name, e.g. `bookings.create`, `messages.create`, `mail.deliver`. */
  operation: string;
  /** Our own key as the vendor saw it (metadata, Message-ID, idempotency key), or null. */
  key: string | null;
  /** HTTP (or SMTP) status of the executed operation. */
  status: number;
  request: unknown;
  response: unknown;
}

/** How a matching request is disturbed. `before`: the connection drops and nothing is executed. */
export type FaultMode = 'before' | 'executed-then-drop' | 'delay' | 'status' | 'duplicate' | 'reorder';

/** A standing order to disturb requests; `count` ends it after that many hits, `rate` hits by seeded chance. */
export interface FaultPlan {
  vendor: string;
  /** Operation name, or `*`. */
  operation: string;
  mode: FaultMode;
  count?: number;
  /** 0..1 */
  rate?: number;
  seed?: number;
  delayMs?: number;
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * Durable records of one vendor (JSON values); they survive a kill of the emulator.
 * What `get` and `values` return is not to be changed in place: put a changed copy.
 */
export interface Collection<T> {
  get(id: string): T | undefined;
  put(id: string, value: T): void;
  delete(id: string): void;
  values(): T[];
}

/** What was asked of the vendor, as it stands in the ledger. */
export interface Operation {
  operation: string;
  key: string | null;
  request: unknown;
}

/** The vendor's answer, JSON unless `body` is a string or bytes. */
export interface EmulatorAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/**
 * A webhook to be posted to the application the way the vendor posts it. It is journaled until it was answered
 * with 2xx or the attempts are used up, so it is data only: `Emulator.webhookHeaders` signs each attempt.
 */
export interface OutgoingWebhook {
  operation: string;
  key: string;
  url: string;
  body: string;
  /** JSON kept for `Emulator.webhookHeaders`, e.g. which secret signs. */
  context?: unknown;
  /** Wait before the first attempt. */
  delayMs?: number;
  /** Gaps between attempts after a non-2xx answer or a timeout. */
  retryDelaysMs: number[];
  timeoutMs: number;
}

/** What the emulator host gives to each vendor. */
export interface EmulatorKit {
  readonly vendor: string;
  collection<T>(name: string): Collection<T>;
  /**
   * Executes one operation under the fault plan. State changes made by `perform` and the ledger row are
   * written as one journal line before the answer leaves. An answer with status >= 400 changes nothing and
   * is not in the ledger.
   */
  execute(c: Context, operation: Operation, perform: () => EmulatorAnswer): Promise<Response>;
  /** Answers a read under the fault plan; nothing is written. */
  read(c: Context, operation: string, answer: () => EmulatorAnswer): Promise<Response>;
  /** Records an operation that did not come over HTTP (SMTP, a played call). */
  record(operation: Operation, status: number, response: unknown, change?: () => void): LedgerEntry;
  /** The fault that hits this operation now, if any (for protocols other than HTTP). */
  fault(operation: string): FaultPlan | null;
  /** Writes several changes (a seed) as one journal line, without a ledger row. */
  change(write: () => void): void;
  /**
   * Posts a webhook with the vendor's retries, each attempt in the ledger (status 0: no answer).
   * `duplicate`, `reorder`, `delay` and `before` (the attempt never arrives) faults apply.
   */
  deliver(webhook: OutgoingWebhook): void;
  /** A new id, unique over restarts. */
  nextId(prefix: string): string;
}

/** A server of an emulator for a protocol other than HTTP. */
export interface EmulatorListener {
  port: number;
  close(): Promise<void>;
}

/** A vendor's emulator: its HTTP API, mounted by the host at `path`. */
export interface Emulator {
  readonly vendor: string;
  /** `/<vendor>` when absent. */
  readonly path?: string;
  routes(kit: EmulatorKit): Hono;
  /** Takes the vendor's part of `POST /_emulator/seed`; checks it with zod (a `ZodError` becomes a 400). */
  seed?(kit: EmulatorKit, data: unknown): void;
  /** Content type and signature of one delivery attempt; called anew for each attempt, also after a restart. */
  webhookHeaders?(
    kit: EmulatorKit,
    webhook: OutgoingWebhook,
  ): Record<string, string> | Promise<Record<string, string>>;
  /** Opens the server of a protocol other than HTTP (SMTP). */
  listen?(kit: EmulatorKit): Promise<EmulatorListener>;
}
