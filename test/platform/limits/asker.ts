import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '../../../db/connect.ts';
import { createLimits } from '../../../platform/limits/limits.ts';

/**
 * A process of its own that wants more permits than there are, with several holders at once. It says when it
 * is ready, is told until when to go on (milliseconds since the epoch), and answers with what it was granted.
 */
const [url = '', key = '', permits, windowMs, name] = process.argv.slice(2);
const { pool, close } = connectDatabase(url, 4);
const limits = createLimits(pool);
let granted = 0;

/** One holder: keeps its name until it is served. */
async function wait(holder: number): Promise<void> {
  for (let turn = 0; Date.now() < Number(until); turn += 1) {
    const request = { key, permits: Number(permits), windowMs: Number(windowMs) };
    for (;;) {
      const permit = await limits.takePermit({ ...request, holder: `${name}-${holder}-${turn}` });
      if (permit.granted) break;
      if (permit.retryAtMs > Number(until)) return;
      await sleep(permit.retryInMs);
    }
    granted += 1;
  }
}

await pool.query('SELECT 1');
process.send?.('ready');
const [until] = await once(process, 'message');
await Promise.all(Array.from({ length: 25 }, (_, holder) => wait(holder)));
process.send?.(granted);
await close();
process.disconnect();
