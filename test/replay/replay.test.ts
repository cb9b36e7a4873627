import { readdirSync, readFileSync } from 'node:fs';

import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, inject, it } from 'vitest';
import '../support/quiet-runtime.ts';

interface RecordedEvent {
  eventType: string;
  workflowExecutionStartedEventAttributes?: { workflowId?: string };
}

interface RecordedHistory {
  events: RecordedEvent[];
}

const folder = new URL('../histories/', import.meta.url);
/** In folders: how it was done before a change; runs that began then end so. */
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as RecordedHistory;

const replay = (history: RecordedHistory) => {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  return Worker.runReplayHistory(
    { workflowBundle: { codePath: inject('workflowBundle') } },
    history,
    workflowId,
  );
};

describe('the workflows of today continue what earlier ones have begun', () => {
  it('and the corpus holds every ending that was released', () => {
    expect(names).toEqual(
      expect.arrayContaining(
        [
          'happy',
          'lost-slot',
          'calendar-down-then-up',
          'calendar-refuses',
          'cancelled-mid-way',
          'no-analysis',
          'review-answered',
          'appointment-completed',
          'appointment-cancelled',
          'api-booking',
        ].map((name) => `${name}.json`),
      ),
    );
  });

  it.for(names)('%s', async (name) => {
    await replay(read(name));
  });
});

describe('a history that the workflows could not have written is refused', () => {
  it('when a step in the database was another one', async () => {
    const text = JSON.stringify(read('happy.json'));
    const altered = text.replaceAll(/"data":"([^"]+)"/g, (_whole, data: string) => {
      const plain = Buffer.from(data, 'base64').toString();
      const changed = plain.replace(
        '"activity_type":"holdAppointment"',
        '"activity_type":"findAlternatives"',
      );
      return `"data":"${Buffer.from(changed).toString('base64')}"`;
    });
    expect(altered).not.toBe(text);
    await expect(replay(JSON.parse(altered) as RecordedHistory)).rejects.toThrow(DeterminismViolationError);
  });

  it('when a step outside was another one', async () => {
    const text = JSON.stringify(read('calendar-down-then-up.json'));
    const altered = text.replaceAll('"name":"createCalcomBooking"', '"name":"createOtherBooking"');
    expect(altered).not.toBe(text);
    await expect(replay(JSON.parse(altered) as RecordedHistory)).rejects.toThrow(DeterminismViolationError);
  });
});
