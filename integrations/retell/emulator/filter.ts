import { z } from 'zod';
import type { PhoneCall } from './script.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One condition of `POST /v3/list-calls`; all operators of the SDK's `FilterCriteria`. */
const condition = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'ew', 'co']), value: scalar }),
  z.object({ op: z.literal('in'), value: z.array(scalar) }),
  z.object({ op: z.literal('bt'), value: z.tuple([z.number(), z.number()]) }),
  z.object({ op: z.enum(['pr', 'np']) }),
]);
type Condition = z.output<typeof condition>;
const keyed = z.array(condition.and(z.object({ key: z.string().optional() })));

export const filterCriteriaSchema = z.strictObject({
  agent: z.array(z.object({ agent_id: z.string(), version: z.array(z.number()).optional() })).optional(),
  call_id: condition.optional(),
  call_status: condition.optional(),
  call_successful: condition.optional(),
  call_type: condition.optional(),
  combined_cost: condition.optional(),
  custom_analysis_data: keyed.optional(),
  data_storage_setting: condition.optional(),
  direction: condition.optional(),
  disconnection_reason: condition.optional(),
  duration_ms: condition.optional(),
  dynamic_variables: keyed.optional(),
  end_timestamp: condition.optional(),
  from_number: condition.optional(),
  in_voicemail: condition.optional(),
  metadata: keyed.optional(),
  start_timestamp: condition.optional(),
  to_number: condition.optional(),
  user_sentiment: condition.optional(),
});
export type FilterCriteria = z.output<typeof filterCriteriaSchema>;

/** Filter names that are not the name of a property of the call. */
const derived: Record<string, (call: PhoneCall) => unknown> = {
  call_successful: (call) => call.call_analysis?.call_successful,
  in_voicemail: (call) => call.call_analysis?.in_voicemail,
  user_sentiment: (call) => call.call_analysis?.user_sentiment,
  custom_analysis_data: (call) => call.call_analysis?.custom_analysis_data,
  combined_cost: (call) => call.call_cost?.combined_cost,
  dynamic_variables: (call) => call.retell_llm_dynamic_variables,
};

function holds(test: Condition, found: unknown): boolean {
  switch (test.op) {
    case 'pr':
      return found !== undefined && found !== null;
    case 'np':
      return found === undefined || found === null;
    case 'in':
      return test.value.some((value) => value === found);
    case 'bt':
      return typeof found === 'number' && found >= test.value[0] && found <= test.value[1];
    case 'eq':
      return found === test.value;
    case 'ne':
      return found !== test.value;
    case 'sw':
      return String(found ?? '').startsWith(String(test.value));
    case 'ew':
      return String(found ?? '').endsWith(String(test.value));
    case 'co':
      return String(found ?? '').includes(String(test.value));
    default: {
      if (typeof found !== 'number' || typeof test.value !== 'number') return false;
      const { op, value } = test;
      return op === 'gt'
        ? found > value
        : op === 'ge'
          ? found >= value
          : op === 'lt'
            ? found < value
            : found <= value;
    }
  }
}

/** Whether a call meets all criteria. */
export function matches(call: PhoneCall, { agent, ...criteria }: FilterCriteria): boolean {
  if (agent) {
    const known = agent.some(
      ({ agent_id, version }) =>
        agent_id === call.agent_id && (version === undefined || version.includes(call.agent_version)),
    );
    if (!known) return false;
  }
  const properties = call as unknown as Record<string, unknown>;
  return Object.entries(criteria).every(([name, tests]) => {
    if (tests === undefined) return true;
    const found = derived[name]?.(call) ?? properties[name];
    if (!Array.isArray(tests)) return holds(tests, found);
    const entries = (found ?? {}) as Record<string, unknown>;
    return tests.every((test) => holds(test, test.key === undefined ? found : entries[test.key]));
  });
}
