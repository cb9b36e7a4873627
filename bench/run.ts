import { styleText } from 'node:util';

/** `npm run bench -- <name> [options]`: figures and the machine go to `bench/results/`. */
const benchmarks: Record<string, { about: string; load(): Promise<{ run(args: string[]): Promise<void> }> }> =
  {
    'call-booking': {
      about:
        'calls from inbox to booked appointment, beside a naive chain and an empty workflow [--calls 300]',
      load: () => import('./call-booking.ts'),
    },
    'due-users': {
      about:
        'finding who is due among 1,000,000 users, and how late a burst of calls leaves, beside a scan every five minutes',
      load: () => import('./due-users.ts'),
    },
    ingest: {
      about: 'durable acknowledgements of webhooks, beside one INSERT per request',
      load: () => import('./ingest.ts'),
    },
  };

const [name = '--help', ...args] = process.argv.slice(2);
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark) {
  await (await benchmark.load()).run(args);
} else {
  const lines = Object.entries(benchmarks).map(([key, { about }]) => `  ${key.padEnd(14)} ${about}`);
  console.log(`usage: npm run bench -- <name>\n\n${lines.join('\n')}`);
  if (name !== '--help') {
    console.error(styleText('red', `\nno benchmark is called ${name}`));
    process.exitCode = 1;
  }
}
