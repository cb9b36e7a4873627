import { inspect, parseArgs } from 'node:util';
import { sweepTemporaryFolders } from '../../scripts/stack/data-folder.ts';
import { createLog, silentLog } from '../../scripts/stack/log.ts';
import { runCallBooking } from './call-booking.ts';
import { runDailyCalls } from './daily-calls.ts';
import { runLimits } from './limits.ts';
import { type Mutant, mutants } from './mutants.ts';
import { runOutage } from './outage.ts';
import { callBookingReport, isCleanReport, printReport, type Report } from './report.ts';
import { runSlotRace } from './slot-race.ts';

const OUTAGE_VENDOR = 'calcom';

const HELP = `npm run fault -- <run> [options]

  call-booking   inbound calls while workers are killed and provider answers get lost
    --chains N       calls to play (500)
    --rate N         calls per second (5)
    --workers N      worker processes side by side (3)
    --limit-s N      the disturbance ends after this at the latest (1800)
  slot-race      50 callers at once for 40 slots
  daily-calls    people in many zones who are due, while the same happens and a provider is down for a while
    --users N        people (2000), 300 of them due in each minute
    --workers N      worker processes side by side (6)
    --limit-s N      the disturbance ends after this at the latest (1800)
  outage         bookings asked for while a vendor is down, each carried out once and within the limits
    --vendor NAME    who answers 503: ${OUTAGE_VENDOR}, the only one so far
    --minutes N      how long (2); bookings begin half that time before
    --bookings N     asked for meanwhile (500)
    --workers N      worker processes side by side (2)

  limits         four processes share rate limits and places while they are killed
    --permits N      effects that take a permit each (20000, about four minutes; whole windows are made of it)
    --workers N      processes side by side (4)

  --seed N         the same kills and faults again (1)
  --mutant NAME    a flaw that must turn the run red: ${mutants.join(', ')}
  --verbose        what the parts of the stack say

Exits 0 only if nothing is lost, repeated or stuck, and no limit is passed or left unused.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chains: { type: 'string', default: '500' },
    rate: { type: 'string', default: '5' },
    users: { type: 'string', default: '2000' },
    permits: { type: 'string', default: '20000' },
    vendor: { type: 'string', default: OUTAGE_VENDOR },
    minutes: { type: 'string', default: '2' },
    bookings: { type: 'string', default: '500' },
    workers: { type: 'string' },
    'limit-s': { type: 'string', default: '1800' },
    seed: { type: 'string', default: '1' },
    mutant: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function wrongUse(problem: string): never {
  process.stderr.write(`${problem}\n\n${HELP}`);
  process.exit(2);
}

function count(
  name: 'chains' | 'rate' | 'users' | 'permits' | 'workers' | 'limit-s' | 'seed' | 'minutes' | 'bookings',
): number {
  const value = Number(values[name]);
  if (!(value > 0)) wrongUse(`--${name} must be a positive number`);
  return value;
}

const say = (text: string) => void process.stdout.write(`${text}\n`);
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupt.abort(new Error(signal)));
}
process.on('disconnect', () => interrupt.abort(new Error('the starter ended')));
process.channel?.unref();

async function main(): Promise<number> {
  const [name] = positionals;
  if (values.help || !name) {
    say(HELP);
    return values.help ? 0 : 2;
  }
  if (values.mutant && !mutants.includes(values.mutant as Mutant)) wrongUse(`no mutant ${values.mutant}`);
  const mutant = (values.mutant ?? null) as Mutant | null;
  const log = values.verbose ? createLog() : silentLog;
  const workers = values.workers ? { workers: count('workers') } : {};
  const common = { mutant, log, signal: interrupt.signal, say, ...workers };
  const seed = count('seed');
  const limitMs = count('limit-s') * 1_000;
  const runs: Record<string, () => Promise<Report>> = {
    'call-booking': () =>
      runCallBooking({
        ...common,
        seed,
        limitMs,
        chains: count('chains'),
        perSecond: count('rate'),
      }).then(callBookingReport),
    'slot-race': () => runSlotRace(common).then(callBookingReport),
    limits: () => runLimits({ ...common, seed, permits: count('permits') }),
    'daily-calls': () => runDailyCalls({ ...common, seed, limitMs, users: count('users') }),
    outage: () => runOutage({ ...common, minutes: count('minutes'), bookings: count('bookings') }),
  };
  if (values.vendor !== OUTAGE_VENDOR) wrongUse(`--vendor must be ${OUTAGE_VENDOR}`);
  const run = runs[name];
  if (!run) wrongUse(`no run ${name}`);
  sweepTemporaryFolders();
  say(`${name}, seed ${seed}${mutant ? `, mutant ${mutant}` : ''}`);
  const report = await run();
  printReport(report);
  return isCleanReport(report) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    // With its causes: a request that failed says nothing by itself.
    process.stderr.write(`${inspect(error)}\n`);
    process.exit(1);
  },
);
