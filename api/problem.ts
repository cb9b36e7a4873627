import type { ServerResponse } from 'node:http';

/** One thing that is wrong with a request; `path` is a dotted field name, a header or a parameter. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** RFC 9457 problem details, with a stable `code` for programs and the fields that are wrong. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors: FieldProblem[];
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
};

/** Builds a problem. `code` is kebab-case and names the kind of problem; it is also the end of `type`. */
export function problem(status: number, code: string, detail: string, errors: FieldProblem[] = []): Problem {
  return {
    type: `urn:switchboard:problem:${code}`,
    title: titles[status] ?? 'Error',
    status,
    detail,
    code,
    errors,
  };
}

/** Ends a raw response with the problem as `application/problem+json`. */
export function sendProblem(
  res: ServerResponse,
  value: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(value);
  res.writeHead(value.status, {
    ...headers,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
