import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectDatabase, type Db } from '../db/connect.ts';
import { fillInCompany } from '../db/seed/fill-in.ts';
import { loadMasterKeys } from '../platform/master-keys.ts';
import { createVault } from '../platform/vault.ts';
import { seedCalendar } from '../scripts/seed-calendar.ts';
import { temporaryDataFolder } from '../scripts/stack/data-folder.ts';
import { createLog } from '../scripts/stack/log.ts';
import { isolatedSettings } from '../scripts/stack/settings.ts';
import { type Stack, startStack } from '../scripts/stack/stack.ts';
import type { Order, Report } from './call-booking/process.ts';
import { describeFigures, figuresOf, type Measured } from './call-booking/report.ts';
import { type WayName, wayNames } from './call-booking/ways.ts';
import { benchCompanies } from './call-booking/world.ts';
import { readMachine } from './machine.ts';

const CONCURRENCY = 30;
const ONE_AT_A_TIME = 30;
/** Fewer, and the compiler of the JavaScript engine is still at work while it is measured. */
const WARM_UP = 300;
/** So high that no limit ever delays a call; the limits are still asked. */
const limits = { apiCallsPerMinute: 100_000, mailsPerHourPerCustomer: 1_000, smsPerDayPerCustomer: 1_000 };

/**
 * `npm run bench -- call-booking`: complete calls from the inbox to the booked appointment, the product's
 * chain, a naive one and an empty workflow taking turns on one stack. Fails when a call is not booked or a
 * message not sent.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { calls: { type: 'string', default: '200' }, rounds: { type: 'string', default: '7' } },
  });
  const calls = Number(values.calls);
  const rounds = Number(values.rounds);
  if (!(calls > 0 && rounds > 0)) throw new RangeError('--calls and --rounds must be positive numbers');
  const machine = readMachine();
  const settings = await isolatedSettings(['postgres', 'temporal', 'emulators'], temporaryDataFolder());
  settings.variables.LOG_LEVEL = 'warn';
  const stack = await startStack({ settings, log: createLog(), removeData: true, seed: true });
  const { env } = settings;
  const { db, close } = connectDatabase(env.DATABASE_URL, 2);
  try {
    const vault = createVault(await loadMasterKeys(env));
    for (const company of benchCompanies) await fillInCompany(db, vault, company, limits);
    await seedCalendar(`http://127.0.0.1:${env.EMULATORS_PORT}`, benchCompanies);
    const results = new URL('./results/', import.meta.url);
    await measureAll(stack, calls, rounds, async (reports, booked) => {
      await expectBooked(db, booked);
      const figures = figuresOf(reports);
      const setup = {
        calls,
        rounds: reports.ours.length,
        concurrency: CONCURRENCY,
        oneAtATime: ONE_AT_A_TIME,
      };
      const result = { ...figures, setup, machine, rounds: reports };
      const page = describeFigures(figures, setup, machine);
      await writeFile(new URL('call-booking.json', results), `${JSON.stringify(result, null, 2)}\n`);
      await writeFile(new URL('call-booking.md', results), page);
      if (setup.rounds === rounds) process.stdout.write(`\n${page}`);
    });
  } finally {
    await close();
    await stack.stop();
  }
}

type Reports = Record<WayName, Measured[]>;

/** `afterRound` hears of everything measured so far: a run that is cut short leaves its whole rounds. */
async function measureAll(
  stack: Stack,
  calls: number,
  rounds: number,
  afterRound: (reports: Reports, booked: number) => Promise<void>,
): Promise<void> {
  const reports: Reports = { ours: [], naive: [], empty: [] };
  const processes = new Map<WayName, ChildProcess>();
  let first = 0;
  let booked = 0;
  const tell = async (way: WayName, order: Omit<Order, 'first'>) => {
    const report = await ask(processes.get(way) as ChildProcess, { ...order, first });
    first += order.calls;
    if (way !== 'empty') booked += order.calls;
    return report;
  };
  try {
    for (const way of wayNames) {
      const file = fileURLToPath(new URL('./call-booking/process.ts', import.meta.url));
      const child = fork(file, [way], { env: stack.childEnv, execArgv: ['--import', 'tsx'] });
      processes.set(way, child);
      await answer(child);
      await tell(way, { calls: WARM_UP, concurrency: CONCURRENCY });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const way of wayNames) {
        const together = await tell(way, { calls, concurrency: CONCURRENCY });
        const alone = await tell(way, { calls: ONE_AT_A_TIME, concurrency: 1 });
        reports[way].push({ perSecond: calls / together.seconds, together, alone });
        const { perSecond } = reports[way].at(-1) as Measured;
        process.stdout.write(`${way.padEnd(6)} ${perSecond.toFixed(1).padStart(7)} calls/s\n`);
      }
      await afterRound(reports, booked);
    }
  } finally {
    await Promise.all([...processes.values()].map(end));
  }
}

async function ask(child: ChildProcess, order: Order): Promise<Report> {
  child.send(order);
  return (await answer(child)) as Report;
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const { signal } = ended;
  const died = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('a process has ended')));
  died.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message', { signal }), died]);
  ended.abort();
  return message;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  await exited;
}

/** Every call has its appointment, its mail and its SMS: a fast way that loses work is no result. */
async function expectBooked(db: Db, calls: number): Promise<void> {
  const count = (table: 'appointments' | 'notifications', status: 'booked' | 'sent') =>
    db
      .selectFrom(table)
      .where('status', '=', status)
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
  const [booked, sent] = [await count('appointments', 'booked'), await count('notifications', 'sent')];
  if (Number(booked.count) !== calls || Number(sent.count) !== 2 * calls) {
    throw new Error(`${calls} calls, but ${booked.count} appointments and ${sent.count} messages`);
  }
}
