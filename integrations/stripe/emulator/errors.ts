import type { z } from 'zod';
import type { EmulatorAnswer } from '../../../shared/emulator.ts';

export interface StripeProblem {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error' | 'authentication_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
}

/** What the API refuses, with the vendor's wording. `changes`: what it has changed nevertheless (a declined card). */
export class StripeRefusal extends Error {
  override readonly name = 'StripeRefusal';
  readonly status: number;
  readonly problem: StripeProblem;
  readonly changes: (() => void) | null;

  constructor(status: number, problem: StripeProblem, changes: (() => void) | null = null) {
    super(problem.message);
    this.status = status;
    this.problem = problem;
    this.changes = changes;
  }
}

export const invalid = (message: string, more: { code?: string; param?: string } = {}, status = 400) =>
  new StripeRefusal(status, { type: 'invalid_request_error', message, ...more });

/** `No such invoice: 'in_1'` */
export const missing = (what: string, id: string, param = 'id') =>
  invalid(`No such ${what}: '${id}'`, { code: 'resource_missing', param }, 404);

/** `items[0][price]`, as forms name it. */
const formName = ([first, ...rest]: PropertyKey[]) =>
  `${String(first)}${rest.map((part) => `[${String(part)}]`).join('')}`;

/** The first wrong parameter, as the vendor names it. */
export function refusalOfInput({ issues }: z.ZodError): StripeRefusal {
  const issue = issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const param = formName([...issue.path, issue.keys[0]!]);
    return invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
  }
  const param = formName(issue.path);
  return issue.code === 'invalid_type' && issue.input === undefined
    ? invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
    : invalid(`Invalid ${param}: ${issue.message}`, { param });
}

export const answerOf = ({ status, problem }: StripeRefusal): EmulatorAnswer => ({
  status,
  body: { error: problem },
});
