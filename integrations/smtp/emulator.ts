import { z } from 'zod';
import type { Emulator } from '../../shared/emulator.ts';
import { mailPages } from './emulator/inbox/routes.ts';
import { createMailServer, type RecipientRule } from './emulator/mail-server.ts';

export interface SmtpEmulatorOptions {
  /** 0 takes a free port. */
  port: number;
}

const seedSchema = z.strictObject({
  /** Who may log in: user name → password. Without entries nobody has to. */
  users: z.record(z.string(), z.string()).default({}),
  /** Addresses that are refused at `RCPT TO`. */
  recipients: z
    .record(z.string(), z.strictObject({ status: z.int().min(400).max(599), reply: z.string() }))
    .default({}),
});

/** A mail server that keeps every mail, and the inbox page where one reads them at `/mail`. */
export function createSmtpEmulator({ port }: SmtpEmulatorOptions): Emulator {
  let boundPort = port;
  return {
    vendor: 'smtp',
    path: '/mail',
    seed(kit, data) {
      const { users, recipients } = seedSchema.parse(data);
      for (const [user, password] of Object.entries(users))
        kit.collection<string>('users').put(user, password);
      for (const [address, rule] of Object.entries(recipients)) {
        kit.collection<RecipientRule>('recipients').put(address.toLowerCase(), rule);
      }
    },
    routes: (kit) => mailPages(kit, () => `smtp://127.0.0.1:${boundPort}`),
    async listen(kit) {
      const server = createMailServer(kit);
      boundPort = await server.listen(port);
      return { port: boundPort, close: server.close };
    },
  };
}
