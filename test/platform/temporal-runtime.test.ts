import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.ts';
import { withReason } from '../../platform/temporal-runtime.ts';

/** The line that is written of what the SDK says about a log message. */
function lineOf(meta: { error?: unknown } | undefined): Record<string, unknown> {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  createLogger('test', 'info', destination).info(withReason(meta), 'said');
  return JSON.parse(lines.join(''));
}

it('writes out an error of the SDK with its message', () => {
  const line = lineOf({ error: new TypeError('no such workflow'), taskQueue: 'operations' } as object);
  expect(line).toMatchObject({
    err: { type: 'TypeError', message: 'no such workflow' },
    taskQueue: 'operations',
  });
});

it('leaves what its native part says, and what is no error, as it is', () => {
  expect(lineOf({ error: 'tcp connect error' })).toMatchObject({ error: 'tcp connect error' });
  expect(lineOf(undefined)).toMatchObject({ msg: 'said' });
});
