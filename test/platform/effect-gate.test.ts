import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { beginEffect } from '../../db/effects.ts';
import { createBreaker } from '../../platform/breaker.ts';
import { createEffectLedger, type Effect, type EffectLedger } from '../../platform/effects.ts';
import { findFailure, type VendorFailure } from '../../shared/failures.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

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

interface Done {
  id: string;
}

/** Effects at one vendor that nobody else in this file calls, so that its circuit is its own. */
function vendor(quota?: { permits: number; windowMs: number }) {
  const name = `vendor-${randomUUID()}`;
  const effect = (parts: Partial<Effect<Done>> = {}) => ({
    key: randomUUID(),
    vendor: name,
    operation: 'things.create',
    companyId: null,
    entity: 'thing',
    perform: vi.fn(async (): Promise<Done> => ({ id: 'made' })),
    lookUp: vi.fn(async (): Promise<Done | null> => null),
    classify: (error: unknown): VendorFailure => ({
      kind: (error as { kind: VendorFailure['kind'] }).kind,
      code: 'test',
      message: 'failed',
    }),
    ...(quota ? { quota: { key: name, ...quota } } : {}),
    ...parts,
  });
  const breaker = createBreaker(pool);
  return {
    name,
    effect,
    async goesDown() {
      for (let failure = 0; failure < 3; failure += 1) await breaker.failure(`${name}:all`);
    },
    /** The circuit has been open for its time: the next caller is the probe. */
    async hasRested() {
      await pool.query(`UPDATE circuit_breakers SET open_until = clock_timestamp() WHERE key = $1`, [
        `${name}:all`,
      ]);
    },
  };
}

const failing = (kind: VendorFailure['kind']) => async () => Promise.reject({ kind });
const end = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => findFailure(error)?.type,
  );

describe('the gate before a vendor', () => {
  it('holds every effect back while the vendor rests, and says for how long', async () => {
    const { effect, goesDown } = vendor();
    await goesDown();
    const one = effect();
    const failed = await ledger.once(one).catch(findFailure);
    expect(failed).toMatchObject({ type: 'CircuitOpen' });
    expect(failed).toHaveProperty('nextRetryDelay', expect.any(Number));
    expect(one.perform).not.toHaveBeenCalled();
  });

  it('opens for all after one success, also for the next step of the same piece of work', async () => {
    const { effect, goesDown, hasRested } = vendor();
    await goesDown();
    await hasRested();
    expect(await end(ledger.once(effect()))).toBe('done');
    expect(await end(ledger.once(effect()))).toBe('done');
  });

  it('takes a refusal for a sign that the vendor works', async () => {
    const { effect, goesDown, hasRested } = vendor();
    await goesDown();
    await hasRested();
    expect(await end(ledger.once(effect({ perform: failing('rejected') })))).toBe('VendorRejected');
    expect(await end(ledger.once(effect()))).toBe('done');
  });

  it('lets another be the probe when the first has to wait for a permit', async () => {
    const { effect, goesDown, hasRested } = vendor({ permits: 1, windowMs: 60_000 });
    expect(await end(ledger.once(effect()))).toBe('done');
    await goesDown();
    await hasRested();
    expect(await end(ledger.once(effect()))).toBe('RateLimited');
    const { quota: _none, ...unlimited } = effect();
    expect(await end(ledger.once(unlimited))).toBe('done');
  });

  it('spends no permit on an effect that the circuit holds back', async () => {
    const { effect, goesDown, hasRested } = vendor({ permits: 1, windowMs: 60_000 });
    await goesDown();
    expect(await end(ledger.once(effect()))).toBe('CircuitOpen');
    await hasRested();
    expect(await end(ledger.once(effect()))).toBe('done');
  });

  it('counts a look-up against the limit, and still looks up after having waited', async () => {
    const { effect, name } = vendor({ permits: 1, windowMs: 200 });
    const one = effect({ lookUp: async () => ({ id: 'found' }) });
    const gate = { breakerKey: `${name}:all`, probeMs: 10_000 };
    await beginEffect(pool, one, {
      ...{ holder: randomUUID(), leaseMs: 0, traceId: null, gate, canTell: true, performs: true },
    });
    expect(await end(ledger.once(one))).toBe('RateLimited');
    await vi.waitFor(async () => expect(await ledger.once(one)).toEqual({ id: 'found' }), 5_000);
    expect(one.perform).not.toHaveBeenCalled();
  });

  it.each(['done', 'rejected', 'unavailable'] as const)(
    'counts a call that was long on its way from its answer on (%s)',
    async (answer) => {
      const { effect } = vendor({ permits: 1, windowMs: 400 });
      const arrivals: number[] = [];
      const perform = async (): Promise<Done> => {
        arrivals.push(performance.now());
        if (answer !== 'done' && arrivals.length === 1) return failing(answer)();
        return { id: 'made' };
      };
      await end(ledger.once(effect({ perform: () => delay(200).then(perform) })));
      const next = effect({ perform });
      await vi.waitFor(() => ledger.once(next), 5_000);
      expect(arrivals[1]! - arrivals[0]!).toBeGreaterThanOrEqual(400);
    },
  );

  it('lets nothing through where the limit is nothing, and says when to ask again', async () => {
    const { effect } = vendor({ permits: 0, windowMs: 60_000 });
    const one = effect();
    await expect(ledger.once(one)).rejects.toMatchObject({ type: 'RateLimited', nextRetryDelay: 60_000 });
    expect(one.perform).not.toHaveBeenCalled();
  });

  it('costs two statements per effect while all is well', async () => {
    const { effect } = vendor({ permits: 10, windowMs: 60_000 });
    const query = vi.spyOn(pg.Client.prototype, 'query');
    await ledger.once(effect());
    expect(query).toHaveBeenCalledTimes(2);
    query.mockRestore();
  });
});
