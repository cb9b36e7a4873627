import { z } from 'zod';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import { answerPlan, answerPlanSchema } from '../../answer-plan.ts';

/** How server messages prove where they come from. */
export const authKinds = ['secret', 'bearer', 'hmac', 'none'] as const;
export type AuthKind = (typeof authKinds)[number];

const serverSchema = z.strictObject({
  url: z.url(),
  auth: z.enum(authKinds).default('secret'),
});
export type VapiServer = z.output<typeof serverSchema>;

const assistantSchema = z.strictObject({
  id: z.uuid(),
  name: z.string().default('Daily call'),
  /** Replaces the organisation's server. */
  server: serverSchema.optional(),
});
export type VapiAssistant = z.output<typeof assistantSchema>;

const phoneNumberSchema = z.strictObject({ id: z.uuid(), number: z.string() });

/** The organisation as the vendor's dashboard would hold it: `POST /_emulator/seed {"vapi": …}`. */
const seedSchema = z.strictObject({
  assistants: z.array(assistantSchema).default([]),
  phone_numbers: z.array(phoneNumberSchema).default([]),
  /** Where server messages go by default; null removes it. */
  server: serverSchema.nullable().optional(),
  answers: answerPlanSchema.optional(),
});

/** Reads and writes of what a seed defines. */
export function vapiOrg(kit: EmulatorKit) {
  const assistants = kit.collection<VapiAssistant>('assistants');
  const numbers = kit.collection<string>('phoneNumbers');
  const servers = kit.collection<VapiServer>('servers');
  return {
    seed(data: unknown): void {
      const { assistants: given, phone_numbers, server, answers } = seedSchema.parse(data);
      for (const assistant of given) assistants.put(assistant.id, assistant);
      for (const { id, number } of phone_numbers) numbers.put(id, number);
      if (server === null) servers.delete('org');
      else if (server) servers.put('org', server);
      if (answers) answerPlan(kit).seed(answers);
    },
    assistant: (id: string) => assistants.get(id),
    ownsNumber: (id: string) => numbers.get(id) !== undefined,
    server: (assistant: VapiAssistant) => assistant.server ?? servers.get('org'),
  };
}
