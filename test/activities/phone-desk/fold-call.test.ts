import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCall } from '../../../activities/phone-desk/call/fold-call.ts';

type Event = Parameters<typeof foldCall>[0][number];

const call = (more: object) => ({ call_id: 'c1', ...more }) as unknown as Event['call'];

const events: Event[] = [
  { eventType: 'call_started', call: call({ call_status: 'ongoing', start_timestamp: 1 }) },
  {
    eventType: 'call_ended',
    call: call({ call_status: 'ended', start_timestamp: 1, end_timestamp: 9, transcript: 'User: hello' }),
  },
  {
    eventType: 'call_analyzed',
    call: call({ call_status: 'ended', end_timestamp: 9, call_analysis: { call_successful: true } }),
  },
];

describe('the events of a call', () => {
  it('lead to one state in any order and however often each comes', () => {
    const whole = foldCall(events);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 6 }), (more) => {
        for (const mixed of [
          [...events, ...more],
          [...more, ...events],
          [...more, ...events.toReversed()],
        ]) {
          expect(foldCall(mixed)).toEqual(whole);
        }
      }),
    );
    expect(whole).toMatchObject({
      status: 'analyzed',
      call: { transcript: 'User: hello', end_timestamp: 9 },
    });
  });

  it('are no call when there are none', () => {
    expect(foldCall([])).toBeNull();
  });

  it('do not lose a field to a later event that leaves it empty', () => {
    const empty = { eventType: 'call_analyzed', call: call({ transcript: null }) };
    expect(foldCall([...events, empty])!.call.transcript).toBe('User: hello');
  });

  it('that were fetched say themselves how far the call is', () => {
    const fetched = (more: object) => foldCall([{ eventType: 'call_fetched', call: call(more) }])!.status;
    expect(fetched({ call_status: 'ongoing' })).toBe('ongoing');
    expect(fetched({ call_status: 'ended' })).toBe('ended');
    expect(fetched({ call_status: 'ended', call_analysis: {} })).toBe('analyzed');
  });
});
