import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeStatus } from '../../../shared/daily-calls/attempt-status.ts';
import { type AttemptStatus, attemptStatuses } from '../../../shared/daily-calls/vocabulary.ts';

const anyStatus = fc.constantFrom(...attemptStatuses);
const reportable = fc.constantFrom(...attemptStatuses.filter((status) => status !== 'withdrawn'));
const isEnd = (status: AttemptStatus) =>
  attemptStatuses.indexOf(status) >= attemptStatuses.indexOf('completed');
const merged = (reports: AttemptStatus[]) => reports.reduce(mergeStatus, 'planned');

describe('the status of an attempt', () => {
  it.each<[AttemptStatus, AttemptStatus, AttemptStatus]>([
    ['planned', 'dialled', 'dialled'],
    ['ringing', 'dialled', 'ringing'],
    ['in-progress', 'ringing', 'in-progress'],
    ['ringing', 'no-answer', 'no-answer'],
    ['completed', 'in-progress', 'completed'],
    ['no-answer', 'completed', 'completed'],
    ['completed', 'failed', 'completed'],
    ['voicemail', 'completed', 'completed'],
    ['busy', 'voicemail', 'voicemail'],
    ['voicemail', 'busy', 'voicemail'],
    ['busy', 'failed', 'busy'],
    ['failed', 'canceled', 'failed'],
    ['in-progress', 'unreported', 'unreported'],
    ['unreported', 'ringing', 'unreported'],
    ['unreported', 'busy', 'busy'],
    ['completed', 'unreported', 'completed'],
    ['withdrawn', 'completed', 'withdrawn'],
    ['planned', 'withdrawn', 'withdrawn'],
    ['dialled', 'withdrawn', 'dialled'],
    ['completed', 'withdrawn', 'completed'],
  ])('%s, then told %s, is %s', (current, reported, expected) => {
    expect(mergeStatus(current, reported)).toBe(expected);
  });

  it('never goes back, and a repeated report changes nothing', () => {
    fc.assert(
      fc.property(anyStatus, anyStatus, (current, reported) => {
        const after = mergeStatus(current, reported);
        expect([current, reported]).toContain(after);
        if (isEnd(current)) expect(isEnd(after)).toBe(true);
        else if (!isEnd(after))
          expect(attemptStatuses.indexOf(after)).toBeGreaterThanOrEqual(attemptStatuses.indexOf(current));
        expect(mergeStatus(after, reported)).toBe(after);
        expect(mergeStatus(after, current)).toBe(after);
      }),
    );
  });

  it('does not depend on the order of reports, but for which of several failures came first', () => {
    const failure = new Set<AttemptStatus>(['no-answer', 'busy', 'failed', 'canceled']);
    const kind = (status: AttemptStatus) => (failure.has(status) ? 'failure' : status);
    const shuffled = fc
      .array(reportable, { maxLength: 8 })
      .chain((reports) =>
        fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, { minLength: reports.length })),
      );
    fc.assert(
      fc.property(shuffled, ([reports, otherwise]) => {
        expect(kind(merged(otherwise))).toBe(kind(merged(reports)));
        expect(merged([...reports, ...otherwise])).toBe(merged(reports));
      }),
    );
  });
});
