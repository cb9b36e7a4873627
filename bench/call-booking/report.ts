import { describeMachine, type Machine } from '../machine.ts';
import { median, quantile } from '../quantile.ts';
import type { Report } from './process.ts';
import { type WayName, wayNames } from './ways.ts';

/** One round of one way. */
export interface Measured {
  perSecond: number;
  together: Report;
  alone: Report;
}

export interface Setup {
  calls: number;
  rounds: number;
  concurrency: number;
  oneAtATime: number;
}

interface WayFigures {
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  callEvents: number;
  allEvents: number;
  cpuMsPerCall: number;
}

interface Ratio {
  what: string;
  value: number;
  target: string;
  met: boolean;
}

export interface Figures {
  ways: Record<WayName, WayFigures>;
  ratios: Ratio[];
}

const titles: Record<WayName, string> = {
  ours: 'the product’s chain',
  naive: 'the same chain, naively',
  empty: 'an empty workflow, started eagerly',
};

const figuresOfWay = (rounds: Measured[]): WayFigures => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  p50Ms: median(rounds.map(({ alone }) => quantile(alone.latenciesMs, 0.5))),
  p95Ms: median(rounds.map(({ alone }) => quantile(alone.latenciesMs, 0.95))),
  callEvents: median(rounds.map(({ together }) => together.callEvents)),
  allEvents: median(rounds.map(({ together }) => together.allEvents)),
  cpuMsPerCall: median(
    rounds.map(({ together }) => (together.cpuSeconds * 1_000) / together.latenciesMs.length),
  ),
});

/** Medians over the rounds, and how the ways stand to each other. */
export function figuresOf(reports: Record<WayName, Measured[]>): Figures {
  const [ours, naive, empty] = wayNames.map((way) => figuresOfWay(reports[way])) as [
    WayFigures,
    WayFigures,
    WayFigures,
  ];
  const atLeast = (what: string, value: number, limit: number): Ratio => ({
    what,
    value,
    target: `≥ ${limit}`,
    met: value >= limit,
  });
  const atMost = (what: string, value: number, limit: number): Ratio => ({
    what,
    value,
    target: `≤ ${limit}`,
    met: value <= limit,
  });
  return {
    ways: { ours, naive, empty },
    ratios: [
      atLeast('throughput, product / naive', ours.perSecond / naive.perSecond, 2),
      atMost('p50, product / naive', ours.p50Ms / naive.p50Ms, 0.5),
      atMost('history events of the call’s run, product / naive', ours.callEvents / naive.callEvents, 0.5),
      atMost('history events of all its runs, product / naive', ours.allEvents / naive.allEvents, 0.5),
      atLeast('throughput, product / empty workflow', ours.perSecond / empty.perSecond, 0.5),
    ],
  };
}

/** What a reader must know before believing the figures. */
function caveats({ calls, rounds }: Setup, { loadBefore, cores }: Machine): string {
  const lines = [
    ...(calls < 150 || rounds < 5 ? ['A short run.'] : []),
    ...(loadBefore > cores / 2
      ? [
          'The machine was busy with other work: absolute figures and the ratio to the empty workflow are off.',
        ]
      : []),
  ];
  return lines.map((line) => `**Not a figure of record.** ${line}\n`).join('');
}

/** The page for `bench/results/`; a target that is missed stays in the table. */
export function describeFigures({ ways, ratios }: Figures, setup: Setup, machine: Machine): string {
  const rows = wayNames.map((way) => {
    const { perSecond, p50Ms, p95Ms, callEvents, allEvents, cpuMsPerCall } = ways[way];
    return (
      `| ${titles[way]} | ${perSecond.toFixed(1)} | ${p50Ms.toFixed(1)} | ${p95Ms.toFixed(1)} | ` +
      `${callEvents} | ${allEvents} | ${cpuMsPerCall.toFixed(1)} |`
    );
  });
  const targets = ratios.map(
    ({ what, value, target, met }) =>
      `| ${what} | ${value.toFixed(2)} | ${target} | ${met ? 'met' : '**missed**'} |`,
  );
  return `# Call booking: from a complete call to the booked appointment

The call's events (\`call_ended\`, \`call_analyzed\`) are in the inbox; measured from the start of the run to its result.
Every call has a caller and a free slot of its own, and every call was found booked in the database, with its mail
and its SMS sent. Median of ${setup.rounds} rounds, the ways taking turns on one stack: PostgreSQL (fsync on), Temporal dev
server (SQLite, WAL) and the vendors' emulators, all on this machine. Calls per second: ${setup.calls} calls, ${setup.concurrency} in flight;
latency: ${setup.oneAtATime} calls, one at a time.

${caveats(setup, machine)}
| way | calls/s | p50 ms | p95 ms | events of the call's run | events of all its runs | process CPU ms per call |
|---|---|---|---|---|---|---|
${rows.join('\n')}

| ratio | value | target | |
|---|---|---|---|
${targets.join('\n')}

- The product's chain is as shipped: effect ledger, limits and circuit breaker are on, client and worker share a
  process and runs start eagerly, as in the demo. The API, which would only be idle, is left out of the process.
- The naive chain makes the same calls to the same emulators and uses the same statements, but each step is an
  ordinary activity with default options, and the appointment is a child (parent close policy ABANDON). It has no
  ledger, no limits and no breaker, so it does less work per call than the product.
- "All its runs" adds the appointment's run. The product's sleeps until the first reminder by its start delay; the
  naive one has started and set a timer.

Machine: ${describeMachine(machine)}.
Again: \`npm run bench -- call-booking\`.
`;
}
