import { describeAddresses } from './addresses.ts';
import { settingsFromEnv } from './settings.ts';
import { startStack } from './stack.ts';
import { supervise } from './supervise.ts';

await supervise(async ({ log, signal, adopt }) => {
  const settings = settingsFromEnv(['postgres', 'temporal', 'emulators', 'app']);
  const startedAt = Date.now();
  adopt(await startStack({ settings, log, signal }));
  log.say(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s; data in ${settings.dataDir}`);
  log.say(describeAddresses(settings));
  log.say('Ctrl-C stops everything; the data stays for the next start.');
  return 'keep-running';
});
