import { z } from 'zod';
import type { EmulatorAnswer } from '../../../shared/emulator.ts';
import { filterCriteriaSchema, matches } from './filter.ts';
import type { PhoneCall } from './script.ts';

const paging = z.object({
  limit: z.int().min(1).max(1000).default(50),
  skip: z.int().min(0).default(0),
  pagination_key: z.string().optional(),
  sort_order: z.enum(['ascending', 'descending']).default('descending'),
});

export const listV3Schema = paging.extend({
  filter_criteria: filterCriteriaSchema.default({}),
  include_total: z.boolean().default(false),
});

const anyOf = z.array(z.union([z.string(), z.boolean()]));
const range = z.object({ lower_threshold: z.number().optional(), upper_threshold: z.number().optional() });

/** The older list: arrays of accepted values, and thresholds. */
export const listV2Schema = paging.extend({
  filter_criteria: z
    .strictObject({
      agent_id: anyOf.optional(),
      call_id: anyOf.optional(),
      call_status: anyOf.optional(),
      call_type: anyOf.optional(),
      direction: anyOf.optional(),
      disconnection_reason: anyOf.optional(),
      from_number: anyOf.optional(),
      to_number: anyOf.optional(),
      start_timestamp: range.optional(),
      end_timestamp: range.optional(),
      duration_ms: range.optional(),
    })
    .default({}),
});

const timeOf = (call: PhoneCall) => call.start_timestamp ?? call.end_timestamp ?? 0;

function page(calls: PhoneCall[], { limit, skip, pagination_key, sort_order }: z.output<typeof paging>) {
  const direction = sort_order === 'ascending' ? 1 : -1;
  const sorted = calls.toSorted(
    (a, b) => direction * (timeOf(a) - timeOf(b) || (a.call_id < b.call_id ? -1 : 1)),
  );
  const from = pagination_key ? sorted.findIndex(({ call_id }) => call_id === pagination_key) + 1 : skip;
  const items = sorted.slice(from, from + limit);
  return { items, hasMore: sorted.length > from + limit, lastId: items.at(-1)?.call_id };
}

/** Answers `POST /v3/list-calls`; its items lack all transcripts. */
export function listV3(calls: PhoneCall[], query: z.output<typeof listV3Schema>): EmulatorAnswer {
  const found = calls.filter((call) => matches(call, query.filter_criteria));
  const { items, hasMore, lastId } = page(found, query);
  return {
    status: 200,
    body: {
      items: items.map(
        ({ transcript: _t, transcript_object: _o, transcript_with_tool_calls: _w, ...call }) => call,
      ),
      has_more: hasMore,
      ...(hasMore && { pagination_key: lastId }),
      ...(query.include_total && { total: found.length }),
    },
  };
}

/** Answers `POST /v2/list-calls` with a bare array; the last `call_id` is the next `pagination_key`. */
export function listV2(calls: PhoneCall[], query: z.output<typeof listV2Schema>): EmulatorAnswer {
  const found = calls.filter((call) => {
    const properties = call as unknown as Record<string, string | boolean | number | undefined>;
    return Object.entries(query.filter_criteria).every(([name, accepted]) => {
      const value = properties[name];
      if (accepted === undefined) return true;
      if (Array.isArray(accepted)) return accepted.some((entry) => entry === value);
      if (typeof value !== 'number') return false;
      return (
        value >= (accepted.lower_threshold ?? -Infinity) && value <= (accepted.upper_threshold ?? Infinity)
      );
    });
  });
  return { status: 200, body: page(found, query).items };
}
