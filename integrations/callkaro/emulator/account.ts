import { z } from 'zod';
import type { EmulatorKit } from '../../../shared/emulator.ts';
import { answerPlan, answerPlanSchema } from '../../answer-plan.ts';

const agentSchema = z.strictObject({
  agent_id: z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 hex digits'),
  name: z.string().default('Daily call'),
  /** Independent of the account's address: with both set every event arrives twice. */
  webhook_url: z.url().optional(),
});
export type CallKaroAgent = z.output<typeof agentSchema>;

/** The account as the vendor's dashboard would hold it: `POST /_emulator/seed {"callkaro": …}`. */
const seedSchema = z.strictObject({
  agents: z.array(agentSchema).default([]),
  /** The account's own webhook address; null removes it. */
  webhook_url: z.url().nullable().optional(),
  answers: answerPlanSchema.optional(),
});

/** Reads and writes of what a seed defines. */
export function callkaroAccount(kit: EmulatorKit) {
  const agents = kit.collection<CallKaroAgent>('agents');
  const settings = kit.collection<string>('settings');
  return {
    seed(data: unknown): void {
      const { agents: given, webhook_url, answers } = seedSchema.parse(data);
      for (const agent of given) agents.put(agent.agent_id, agent);
      if (webhook_url === null) settings.delete('webhook_url');
      else if (webhook_url !== undefined) settings.put('webhook_url', webhook_url);
      if (answers) answerPlan(kit).seed(answers);
    },
    agent: (id: string) => agents.get(id),
    /** Where an event of the agent goes. */
    webhookUrls: (agent: CallKaroAgent) =>
      [settings.get('webhook_url'), agent.webhook_url].filter((url) => url !== undefined),
  };
}
