import { parseArgs } from 'node:util';
import { describeAddresses } from './addresses.ts';
import { sweepTemporaryFolders, temporaryDataFolder } from './data-folder.ts';
import { playDemoCall } from './demo-call.ts';
import { playDemoDailyCall } from './demo-daily-call.ts';
import { isolatedSettings, type Part, settingsFromEnv } from './settings.ts';
import { startStack } from './stack.ts';
import { supervise } from './supervise.ts';

const { once } = parseArgs({ options: { once: { type: 'boolean', default: false } } }).values;
const parts: Part[] = ['postgres', 'temporal', 'emulators', 'app'];

sweepTemporaryFolders();
await supervise(async ({ log, signal, adopt }) => {
  const settings = once ? await isolatedSettings(parts, temporaryDataFolder()) : settingsFromEnv(parts);
  const startedAt = Date.now();
  const stack = await startStack({ settings, log, signal, removeData: once, seed: true });
  adopt(stack);
  log.say(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s; a caller rings the phone desk …`);

  const { booked, lines } = await playDemoCall({ env: settings.env, log: (text) => log.line('demo', text) });
  for (const line of lines) log.line('demo', line);
  const daily = await playDemoDailyCall({ env: settings.env, log: (text) => log.line('demo', text) });
  for (const line of daily.lines) log.line('demo', line);
  if (once) return booked && daily.reached ? 0 : 1;

  log.say(describeAddresses(settings));
  log.say('Ctrl-C stops everything; the data stays for the next start.');
  return 'keep-running';
});
