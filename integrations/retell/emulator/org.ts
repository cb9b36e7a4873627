import { z } from 'zod';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import { answerPlan, answerPlanSchema } from '../../answer-plan.ts';
import { callEvents, callScriptSchema } from './script.ts';

const agentSchema = z.strictObject({
  agent_id: z.string().min(1),
  agent_name: z.string().optional(),
  version: z.int().min(0).default(0),
  webhook_url: z.url().optional(),
  webhook_events: z.array(z.enum(callEvents)).optional(),
  /** How outbound calls of this agent go. */
  outbound: callScriptSchema.default(() => callScriptSchema.parse({})),
});

const numberSchema = z.strictObject({
  phone_number: z.string().min(1),
  outbound_agent_id: z.string().optional(),
});

/** The account as the vendor's dashboard would hold it: `POST /_emulator/seed {"retell": …}`. */
export const retellSeedSchema = z.strictObject({
  agents: z.array(agentSchema).default([]),
  phone_numbers: z.array(numberSchema).default([]),
  /** Calls at once; outbound calls above it are refused. Without it there is no limit. */
  concurrency_limit: z.int().positive().optional(),
  /** How outbound calls go, by number called; without it by the script of the agent. */
  answers: answerPlanSchema.optional(),
});

export type RetellAgent = z.output<typeof agentSchema>;
type PhoneNumber = z.output<typeof numberSchema>;

/** Reads and writes of what a seed defines. */
export function retellOrg(kit: EmulatorKit, ownNumbers: readonly string[] = []) {
  const agents = kit.collection<RetellAgent>('agents');
  const numbers = kit.collection<PhoneNumber>('phoneNumbers');
  const limits = kit.collection<number>('limits');
  return {
    seed(data: unknown): void {
      const { agents: given, phone_numbers, concurrency_limit, answers } = retellSeedSchema.parse(data);
      for (const agent of given) agents.put(agent.agent_id, agent);
      for (const number of phone_numbers) numbers.put(number.phone_number, number);
      if (concurrency_limit !== undefined) limits.put('concurrency', concurrency_limit);
      if (answers) answerPlan(kit).seed(answers);
    },
    agent: (id: string) => agents.get(id),
    number: (phoneNumber: string): PhoneNumber | undefined =>
      numbers.get(phoneNumber) ??
      (ownNumbers.includes(phoneNumber) ? { phone_number: phoneNumber } : undefined),
    concurrencyLimit: () => limits.get('concurrency'),
  };
}

export type RetellOrg = ReturnType<typeof retellOrg>;
