import { readEnv } from '../../platform/env.ts';
import { createEmulatorHost } from './host.ts';
import { vendorEmulators } from './roster.ts';

const env = readEnv();
const host = await createEmulatorHost({
  dataDir: env.SWITCHBOARD_DATA_DIR,
  port: env.EMULATORS_PORT,
  emulators: vendorEmulators(env),
});
process.stdout.write(`emulators ready at ${host.url}, SMTP at port ${host.smtpPort ?? 'none'}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void host.close().then(() => process.exit(0)));
}
