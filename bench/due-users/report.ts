import { describeMachine, type Machine } from '../machine.ts';
import { quantile } from '../quantile.ts';
import type { Burst } from './dispatch.ts';
import type { FindingFigures } from './finding.ts';

export interface Setup {
  users: number;
  dueUsers: number;
}

const FIND_TARGET_MS = 50;
/** Seed 004 scans in so many minutes. */
const SEED_SCAN_S = 300;

const spread = (values: readonly number[]) =>
  `${quantile(values, 0.5).toFixed(1)} | ${quantile(values, 0.99).toFixed(1)} | ${values.length}`;

/** What a reader must know before believing the figures. */
function caveat({ loadBefore, cores }: Machine, { users }: Setup): string {
  const lines = [
    ...(users < 1_000_000 ? ['A small table: the figures are for a million users.'] : []),
    ...(loadBefore > cores / 2 ? ['The machine was busy with other work: absolute figures are off.'] : []),
  ];
  return lines.map((line) => `**Not a figure of record.** ${line}\n`).join('');
}

/** The page for `bench/results/`; a target that is missed stays in the table. */
export function describeDueUsers(
  finding: FindingFigures,
  bursts: Burst[],
  setup: Setup,
  machine: Machine,
): string {
  const { due, nobodyDue, seedMs, seedNarrowMs, seedFound, plan } = finding;
  const { users, dueUsers } = setup;
  const worst = Math.max(quantile(due.findMs, 0.99), quantile(nobodyDue.findMs, 0.99));
  const times = quantile(seedMs, 0.5) / quantile(due.findMs, 0.5);
  const lateness = bursts.flatMap(({ latenessMs }) => latenessMs);
  const seconds = (share: number) => (quantile(lateness, share) / 1_000).toFixed(2);
  const inTheSecond = (100 * lateness.filter((ms) => ms < 1_000).length) / lateness.length;
  const scan = (quantile(seedMs, 0.5) / 1_000).toFixed(1);
  return `# Due users: finding them, and calling them in their second

${users.toLocaleString('en')} users in all zones of the world, in one table.
${caveat(machine, setup)}
## Finding who is due

| way | p50 ms | p99 ms | rounds |
|---|---|---|---|
| find ${dueUsers} due users (the product’s statement) | ${spread(due.findMs)} |
| claim them: find, open their days, plan their next calls, commit | ${spread(due.claimMs)} |
| find that nobody is due | ${spread(nobodyDue.findMs)} |
| seed 004’s scan of the same table | ${spread(seedMs)} |
| seed 004’s scan of a narrow table with its own four columns | ${spread(seedNarrowMs)} |

Target: finding the due ones in less than ${FIND_TARGET_MS} ms (p99): ${worst < FIND_TARGET_MS ? 'met' : '**missed**'}. Finding takes 1/${times.toFixed(0)} of the seed's scan (p50).

Plan of the product's statement (\`EXPLAIN ANALYZE\`): ${plan.map((node) => `\`${node}\``).join(' > ')}.

- The product reads one indexed column, the precomputed next moment; what is not due is not read. The seed's way computes
  the local time of every enabled user and found ${seedFound.toLocaleString('en')} within five minutes of their call time.
- The seed's column is a \`time\`; ours is text, and its scan of our table casts it. The narrow table spares it that.

## Calling ${dueUsers} users who are due in the same second

Through the whole stack (sweep, run, last look, effect ledger, provider's emulator), all of it on this machine, with the
${users.toLocaleString('en')} others in the table; from the due moment to the provider's own book. ${bursts.length} bursts, one a minute.
Sweep and look-ahead are as shipped; the limits of calls at once are raised, so that they delay nobody.

| way | p50 s | p90 s | p99 s | last s | within their second |
|---|---|---|---|---|---|
| the product | ${seconds(0.5)} | ${seconds(0.9)} | ${seconds(0.99)} | ${seconds(1)} | ${inTheSecond.toFixed(0)} % |
| seed 004: scan every five minutes (computed, not run) | ${SEED_SCAN_S / 2} | ${SEED_SCAN_S * 0.9} | ${SEED_SCAN_S * 0.99} | ${SEED_SCAN_S} | 0 % |

- The seed's distance from the wished moment is that of the moment in its slot of five minutes: uniform over 0–${SEED_SCAN_S} s. As its
  window is ±5 minutes, the first scan that finds a user is the one before the wished time: it calls too early, and the
  scan after it finds the same user again. Its ${scan} s for the scan, and its five calls at once, come on top.
- Of a burst the last call is as late as the machine needs for ${dueUsers} calls: ${perSecond(bursts).toFixed(0)} a second here.

Machine: ${describeMachine(machine)}.
Again: \`npm run bench -- due-users\`.
`;
}

/** Median over the bursts of their calls by the time until the last one. */
function perSecond(bursts: Burst[]): number {
  return quantile(
    bursts.map(({ latenessMs }) => latenessMs.length / (Math.max(...latenessMs) / 1_000)),
    0.5,
  );
}
