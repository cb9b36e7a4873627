import { describe, expect, it } from 'vitest';
import {
  attemptIdOf,
  classifyCallAnswer,
  echoedMetadata,
  metadataOf,
  notConfigured,
  phoneDigits,
} from '../../integrations/outbound-call.ts';

it.each([
  [400, 'rejected'],
  [401, 'unauthorized'],
  [402, 'unauthorized'],
  [403, 'unauthorized'],
  [404, 'rejected'],
  [408, 'unknown-outcome'],
  [422, 'rejected'],
  [429, 'rate-limited'],
  [500, 'unknown-outcome'],
  [502, 'unknown-outcome'],
  [503, 'unavailable'],
  [504, 'unknown-outcome'],
] as const)('an answer with %i is %s', (status, kind) => {
  expect(classifyCallAnswer('vapi', status)).toMatchObject({ kind, status, code: `http-${status}` });
});

it('waits as long as the provider asks for', () => {
  expect(classifyCallAnswer('vapi', 429, '3').retryAfterMs).toBe(3_000);
  expect(classifyCallAnswer('vapi', 429).retryAfterMs).toBeUndefined();
});

it('puts the attempt beside our ids, and over one that claims to be it', () => {
  const dial = { to: '+1', agentRef: 'a', variables: {}, dialledAt: new Date() };
  const metadata = { userId: 'u', attemptId: 'other' };
  expect(metadataOf({ ...dial, attemptId: 'mine', metadata })).toEqual({ userId: 'u', attemptId: 'mine' });
});

it('takes back only what was ours, and an attempt only when it can be an id', () => {
  expect(echoedMetadata.parse({ a: 'x', b: 1, c: null, d: { e: 'f' } })).toEqual({ a: 'x' });
  for (const odd of [null, undefined, 'text', 7, ['x']]) expect(echoedMetadata.parse(odd)).toEqual({});
  expect(attemptIdOf({ attemptId: 'a-1' })).toBe('a-1');
  for (const attemptId of ['', 'a b', 'a\0', 'x'.repeat(201)]) expect(attemptIdOf({ attemptId })).toBeNull();
  expect(attemptIdOf({})).toBeNull();
});

describe('phoneDigits', () => {
  it.each([
    ['4915112345678', '+4915112345678'],
    ['+4915112345678', '+4915112345678'],
    [' 919876543210 ', '+919876543210'],
    ['015112345678', null],
    ['anonymous', null],
    ['', null],
    [null, null],
  ])('%j is %j', (given, e164) => expect(phoneDigits(given)).toBe(e164));
});

it('a provider without its settings asks for the operator and calls nobody', async () => {
  const dialer = notConfigured('vapi', 'VAPI_API_KEY');
  const call = {
    attemptId: 'a',
    to: '+1',
    agentRef: 'a',
    variables: {},
    metadata: {},
    dialledAt: new Date(),
  };
  await expect(dialer.dial(call)).rejects.toMatchObject({
    failure: { kind: 'unauthorized', code: 'not-configured', message: 'VAPI_API_KEY is not set' },
  });
});
