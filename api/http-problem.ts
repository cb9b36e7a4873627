import type { z } from 'zod';
import { type FieldProblem, type Problem, problem } from './problem.ts';

/** Ends a request with a problem; thrown anywhere below a route. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(value: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(value.detail);
    this.problem = value;
    this.headers = headers;
  }
}

/** 400 with the fields that are wrong. */
export function invalidRequest(errors: FieldProblem[]): HttpProblem {
  const detail = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new HttpProblem(problem(400, 'invalid-request', detail, errors));
}

/** 404; also the answer for what belongs to another company, so that nobody learns that it exists. */
export function notFound(what: string): HttpProblem {
  return new HttpProblem(problem(404, 'not-found', `There is no such ${what}.`));
}

/** 409 with a code of its own. */
export function conflict(code: string, detail: string): HttpProblem {
  return new HttpProblem(problem(409, code, detail));
}

/** 410: it was there once. */
export function gone(code: string, detail: string): HttpProblem {
  return new HttpProblem(problem(410, code, detail));
}

/** 503 that tells the client when to come back. */
export function unavailable(code: string, detail: string, retryAfterSec: number): HttpProblem {
  return new HttpProblem(problem(503, code, detail), { 'retry-after': String(retryAfterSec) });
}

/** Issues of a zod schema as fields; each unknown key is a field of its own. */
export function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known here' }));
    }
    return [{ path: path.join('.'), message: issue.message }];
  });
}
