import type { Collection, LedgerEntry } from '../../shared/emulator.ts';
import { openJournal } from './journal.ts';

/** One committed step: state changes and the ledger row that belongs to them. */
interface JournalLine {
  /** [vendor, collection, id, value]; without a value the record is deleted. */
  changes?: [vendor: string, collection: string, id: string, value?: unknown][];
  entry?: LedgerEntry;
  /** Ledger numbers go on from here after compaction or deletion. */
  lastSeq?: number;
}

export interface LedgerQuery {
  vendor?: string | undefined;
  operation?: string | undefined;
  after?: number | undefined;
  limit?: number | undefined;
}

export interface EmulatorStore {
  collection<T>(vendor: string, name: string): Collection<T>;
  /** Runs `work` as one step: all its changes and the returned ledger row become one journal line, or, with `keep: false` or an error, nothing. */
  commit<T>(work: () => { result: T; entry?: Omit<LedgerEntry, 'seq' | 'at'>; keep: boolean }): {
    result: T;
    entry: LedgerEntry | null;
  };
  ledger(query: LedgerQuery): LedgerEntry[];
  /** Forgets records and ledger rows of one vendor, or of all. Ledger numbers are never reused. */
  clear(vendor?: string): void;
  close(): void;
}

type Records = Map<string, unknown>;

/** Opens the state and ledger of all emulators from the journal at `path`, and compacts it. */
export function openStore(path: string): EmulatorStore {
  const state = new Map<string, Map<string, Records>>();
  let entries: LedgerEntry[] = [];
  let lastSeq = 0;
  let step: { changes: NonNullable<JournalLine['changes']>; undo: (() => void)[] } | null = null;

  /** The same map for the life of the store: `clear` empties it in place. */
  const records = (vendor: string, name: string): Records => {
    const collections = state.get(vendor) ?? new Map<string, Records>();
    state.set(vendor, collections);
    const found: Records = collections.get(name) ?? new Map();
    collections.set(name, found);
    return found;
  };

  const { lines, journal } = openJournal<JournalLine>(path);
  for (const line of lines) {
    for (const [vendor, name, id, value] of line.changes ?? []) {
      if (value === undefined) records(vendor, name).delete(id);
      else records(vendor, name).set(id, value);
    }
    if (line.entry) entries.push(line.entry);
    lastSeq = Math.max(lastSeq, line.lastSeq ?? 0, line.entry?.seq ?? 0);
  }

  function* snapshot(): Generator<JournalLine> {
    yield { lastSeq };
    for (const [vendor, collections] of state) {
      for (const [name, kept] of collections) {
        for (const [id, value] of kept) yield { changes: [[vendor, name, id, value]] };
      }
    }
    for (const entry of entries) yield { entry };
  }
  if (lines.length > 0) journal.rewrite(snapshot());

  const write = (vendor: string, name: string, kept: Records, id: string, value?: unknown) => {
    const before = kept.get(id);
    if (value === undefined) kept.delete(id);
    else kept.set(id, value);
    const change: [string, string, string, unknown?] =
      value === undefined ? [vendor, name, id] : [vendor, name, id, value];
    if (!step) return journal.append({ changes: [change] });
    step.changes.push(change);
    step.undo.push(() => (before === undefined ? kept.delete(id) : kept.set(id, before)));
  };

  return {
    collection: <T>(vendor: string, name: string): Collection<T> => {
      const kept = records(vendor, name);
      return {
        get: (id) => kept.get(id) as T | undefined,
        put: (id, value) => write(vendor, name, kept, id, value),
        delete: (id) => write(vendor, name, kept, id),
        values: () => [...kept.values()] as T[],
      };
    },
    commit(work) {
      if (step) throw new Error('A step of an emulator cannot hold another step.');
      const open = { changes: [] as NonNullable<JournalLine['changes']>, undo: [] as (() => void)[] };
      step = open;
      let done: ReturnType<typeof work> | undefined;
      try {
        done = work();
      } finally {
        step = null;
        if (!done?.keep) for (const undo of open.undo.reverse()) undo();
      }
      if (!done.keep) return { result: done.result, entry: null };
      const entry = done.entry ? { seq: ++lastSeq, at: new Date().toISOString(), ...done.entry } : null;
      if (entry || open.changes.length > 0) {
        journal.append({
          ...(open.changes.length > 0 && { changes: open.changes }),
          ...(entry && { entry }),
        });
      }
      if (entry) entries.push(entry);
      return { result: done.result, entry };
    },
    ledger: ({ vendor, operation, after = 0, limit = Number.POSITIVE_INFINITY }) => {
      const found: LedgerEntry[] = [];
      for (const entry of entries) {
        if (entry.seq <= after || (vendor && entry.vendor !== vendor)) continue;
        if (operation && entry.operation !== operation) continue;
        if (found.length >= limit) break;
        found.push(entry);
      }
      return found;
    },
    clear(vendor) {
      for (const [owner, collections] of state) {
        if (!vendor || owner === vendor) for (const kept of collections.values()) kept.clear();
      }
      entries = vendor ? entries.filter((entry) => entry.vendor !== vendor) : [];
      journal.rewrite(snapshot());
    },
    close: () => journal.close(),
  };
}
