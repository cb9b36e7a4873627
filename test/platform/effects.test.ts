import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { beginEffect } from '../../db/effects.ts';
import { createEffectLedger, type Effect, type EffectLedger } from '../../platform/effects.ts';
import { findFailure, type VendorFailure } from '../../shared/failures.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

interface Done {
  id: string;
}

let database: TestDatabase;
let pool: pg.Pool;
let ledger: EffectLedger;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  ledger = createEffectLedger(pool);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

class Failed extends Error {
  readonly kind: VendorFailure['kind'];
  constructor(kind: VendorFailure['kind']) {
    super(kind);
    this.kind = kind;
  }
}

function effect(parts: Partial<Effect<Done>> = {}) {
  const perform = vi.fn(async (): Promise<Done> => ({ id: 'made' }));
  const lookUp = vi.fn(async (): Promise<Done | null> => null);
  return {
    key: randomUUID(),
    vendor: 'test',
    operation: 'things.create',
    companyId: null,
    entity: 'thing',
    perform,
    lookUp,
    classify: (error: unknown): VendorFailure => ({
      kind: error instanceof Failed ? error.kind : 'unavailable',
      code: 'test',
      message: 'failed',
    }),
    ...parts,
  };
}

/** What a process that was killed leaves behind: an intent, whose lease has run out. */
async function crashed(key: string): Promise<void> {
  const identity = { key, vendor: 'test', operation: 'things.create', companyId: null, entity: 'thing' };
  const gate = { breakerKey: 'test:all', probeMs: 0 };
  const terms = { holder: randomUUID(), leaseMs: 0, traceId: null, gate, canTell: true, performs: true };
  await beginEffect(pool, identity, terms);
}

const typeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => findFailure(error)?.type,
  );
const endLease = (key: string) => pool.query('UPDATE effects SET lease_until = now() WHERE key = $1', [key]);

describe('an effect', () => {
  it('happens once, and its result is kept', async () => {
    const one = effect();
    expect(await ledger.once(one)).toEqual({ id: 'made' });
    expect(await ledger.once(one)).toEqual({ id: 'made' });
    expect(one.perform).toHaveBeenCalledTimes(1);
    expect(one.lookUp).not.toHaveBeenCalled();
  });

  it('is found after a crash that came later than the deed', async () => {
    const one = effect({ lookUp: async () => ({ id: 'found' }) });
    await crashed(one.key);
    expect(await ledger.once(one)).toEqual({ id: 'found' });
    expect(one.perform).not.toHaveBeenCalled();
  });

  it('is done after a crash that came before the deed', async () => {
    const one = effect();
    await crashed(one.key);
    expect(await ledger.once(one)).toEqual({ id: 'made' });
    expect(one.lookUp).toHaveBeenCalledTimes(1);
    expect(one.perform).toHaveBeenCalledTimes(1);
  });

  it('is for a person after a crash when the vendor cannot tell', async () => {
    const one = effect({ lookUp: null });
    await crashed(one.key);
    expect(await typeOf(ledger.once(one))).toBe('EffectUnknown');
    expect(await typeOf(ledger.once(one))).toBe('EffectUnknown');
    expect(one.perform).not.toHaveBeenCalled();
  });

  it('is done by one of two workers that want it at once', async () => {
    const one = effect({
      perform: vi.fn(async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return { id: 'made' };
      }),
    });
    const ends = await Promise.all([typeOf(ledger.once(one)), typeOf(ledger.once(one))]);
    expect(ends.sort()).toEqual(['EffectInProgress', 'done']);
    expect(one.perform).toHaveBeenCalledTimes(1);
    expect(await ledger.once(one)).toEqual({ id: 'made' });
  });

  it('that was surely not executed is tried again without a look-up', async () => {
    const perform = vi.fn<() => Promise<Done>>();
    perform.mockRejectedValueOnce(new Failed('unavailable')).mockResolvedValueOnce({ id: 'made' });
    const one = effect({ perform });
    expect(await typeOf(ledger.once(one))).toBe('VendorUnavailable');
    expect(await ledger.once(one)).toEqual({ id: 'made' });
    expect(one.lookUp).not.toHaveBeenCalled();
  });

  it('whose answer was lost is looked up before it is tried again', async () => {
    const perform = vi.fn<() => Promise<Done>>().mockRejectedValueOnce(new Failed('unknown-outcome'));
    const one = effect({ perform, lookUp: async () => ({ id: 'found' }) });
    expect(await typeOf(ledger.once(one))).toBe('VendorUnavailable');
    expect(await typeOf(ledger.once(one))).toBe('EffectInProgress');
    await endLease(one.key);
    expect(await ledger.once(one)).toEqual({ id: 'found' });
    expect(perform).toHaveBeenCalledTimes(1);
  });

  it('is not tried while the vendor cannot be asked', async () => {
    const one = effect({ lookUp: async () => Promise.reject(new Failed('unavailable')) });
    await crashed(one.key);
    expect(await typeOf(ledger.once(one))).toBe('VendorUnavailable');
    expect(one.perform).not.toHaveBeenCalled();
  });

  it('that was refused stays refused', async () => {
    const perform = vi.fn<() => Promise<Done>>().mockRejectedValue(new Failed('rejected'));
    const one = effect({ perform });
    expect(await typeOf(ledger.once(one))).toBe('VendorRejected');
    expect(await typeOf(ledger.once(one))).toBe('VendorRejected');
    expect(perform).toHaveBeenCalledTimes(1);
  });
});

describe('an unknown effect that a person looked into', () => {
  async function unknown() {
    const perform = vi.fn<() => Promise<Done>>();
    perform.mockRejectedValueOnce(new Failed('unknown-outcome')).mockResolvedValueOnce({ id: 'made' });
    const one = effect({ perform, lookUp: null });
    expect(await typeOf(ledger.once(one))).toBe('EffectUnknown');
    return { one, perform };
  }

  it('counts as done when it happened', async () => {
    const { one, perform } = await unknown();
    expect(await ledger.resolveUnknown(one.key, true)).toBe(true);
    expect(await typeOf(ledger.once(one))).toBe('done');
    expect(perform).toHaveBeenCalledTimes(1);
  });

  it('is done once more when it did not happen', async () => {
    const { one, perform } = await unknown();
    expect(await ledger.resolveUnknown(one.key, false)).toBe(true);
    expect(await ledger.resolveUnknown(one.key, false)).toBe(false);
    expect(await ledger.once(one)).toEqual({ id: 'made' });
    expect(perform).toHaveBeenCalledTimes(2);
  });
});

describe('an abandoned effect', () => {
  it('never happens any more when it had not', async () => {
    const one = effect();
    expect(await ledger.abandon(one)).toBeNull();
    expect(await typeOf(ledger.once(one))).toBe('VendorRejected');
    expect(one.perform).not.toHaveBeenCalled();
  });

  it('is told with its result when it had, also when only the vendor knows', async () => {
    const done = effect();
    await ledger.once(done);
    expect(await ledger.abandon(done)).toEqual({ id: 'made' });
    const lost = effect({ lookUp: async () => ({ id: 'found' }) });
    await crashed(lost.key);
    expect(await ledger.abandon(lost)).toEqual({ id: 'found' });
  });

  it('waits while somebody is doing it', async () => {
    const one = effect({
      perform: async () => new Promise((resolve) => setTimeout(() => resolve({ id: 'made' }), 150)),
    });
    const doing = ledger.once(one);
    await vi.waitFor(async () => {
      const { rowCount } = await pool.query('SELECT 1 FROM effects WHERE key = $1', [one.key]);
      expect(rowCount).toBe(1);
    });
    expect(await typeOf(ledger.abandon(one))).toBe('EffectInProgress');
    await doing;
    expect(await ledger.abandon(one)).toEqual({ id: 'made' });
  });
});

describe('what else is true with an effect', () => {
  const notesOn = async (key: string) => {
    const { rows } = await pool.query<{ text: string }>('SELECT text FROM notes WHERE key = $1', [key]);
    return rows.map(({ text }) => text);
  };
  const noted = (parts: Partial<Effect<Done>> = {}) => {
    const one = effect(parts);
    const also = ({ id }: Done) =>
      sql`noted AS (INSERT INTO notes (key, text) VALUES (${one.key}, ${id}) ON CONFLICT (key) DO NOTHING)`;
    return { ...one, also };
  };
  beforeAll(async () => {
    await pool.query("CREATE TABLE notes (key text PRIMARY KEY, text text CHECK (text <> 'impossible'))");
  });

  it('is written with it, once', async () => {
    const one = noted();
    await ledger.once(one);
    await ledger.once(one);
    expect(await notesOn(one.key)).toEqual(['made']);
  });

  it('is written when the vendor is found to have done it, by doing or by undoing', async () => {
    const lookUp = async () => ({ id: 'found' });
    for (const learn of [ledger.once, ledger.abandon]) {
      const one = noted({ lookUp });
      await crashed(one.key);
      await learn(one);
      expect(await notesOn(one.key)).toEqual(['found']);
    }
  });

  it('is written when a person has found that it happened', async () => {
    const one = noted({ perform: async () => Promise.reject(new Failed('unknown-outcome')), lookUp: null });
    expect(await typeOf(ledger.once(one))).toBe('EffectUnknown');
    await ledger.resolveUnknown(one.key, true);
    const also = () => one.also({ id: 'by a person' });
    await ledger.once({ ...one, also });
    expect(await notesOn(one.key)).toEqual(['by a person']);
  });

  it('and the ledger’s own note are both there or neither is', async () => {
    const one = noted({ perform: async () => ({ id: 'impossible' }), lookUp: async () => ({ id: 'found' }) });
    await expect(ledger.once(one)).rejects.toThrow('notes_text_check');
    const { rows } = await pool.query('SELECT status FROM effects WHERE key = $1', [one.key]);
    expect(rows).toEqual([{ status: 'intent' }]);
    await endLease(one.key);
    expect(await ledger.once(one)).toEqual({ id: 'found' });
    expect(await notesOn(one.key)).toEqual(['found']);
  });

  it('is not written for an effect that was refused or abandoned', async () => {
    const refused = noted({ perform: async () => Promise.reject(new Failed('rejected')) });
    expect(await typeOf(ledger.once(refused))).toBe('VendorRejected');
    const abandoned = noted();
    expect(await ledger.abandon(abandoned)).toBeNull();
    expect([...(await notesOn(refused.key)), ...(await notesOn(abandoned.key))]).toEqual([]);
  });
});
