import type { z } from 'zod';
import type { EmulatorAnswer } from '../../../shared/emulator.ts';

const exceptionNames = {
  400: 'BadRequestException',
  401: 'UnauthorizedException',
  403: 'ForbiddenException',
  404: 'NotFoundException',
  409: 'ConflictException',
  422: 'UnprocessableEntityException',
  429: 'ThrottlerException',
} as const;

export type RefusalStatus = keyof typeof exceptionNames;

/** What the API refuses, with the vendor's wording. */
export class CalcomRefusal extends Error {
  override readonly name = 'CalcomRefusal';
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** The vendor's error body; `code` is the name of its exception class. `path` starts at `/v2`. */
export function errorBody({ status, message }: CalcomRefusal, path: string) {
  return {
    status: 'error',
    timestamp: new Date().toISOString(),
    path,
    error: { code: exceptionNames[status], message, details: { message } },
  };
}

/** One line per wrong property, as the vendor's validation pipe words it. */
export function refusalOfInput({ issues }: z.ZodError): CalcomRefusal {
  const lines = issues.map(({ path, message, ...issue }) => {
    const where =
      issue.code === 'unrecognized_keys'
        ? [...path, ...issue.keys.slice(0, 1)]
        : path.length > 0
          ? path
          : ['body'];
    const wrong = where.map((name) => `${String(name)} property is wrong,`).join(' ');
    return `${wrong}${issue.code === 'unrecognized_keys' ? `property ${issue.keys.join(', ')} should not exist` : message} `;
  });
  return new CalcomRefusal(400, lines.join(', '));
}

/** `{status: "success", data}`, or the refusal that `work` throws. */
export function answer(path: string, status: number, work: () => unknown): EmulatorAnswer {
  try {
    const data = work();
    return { status, body: { status: 'success', ...(data !== undefined && { data }) } };
  } catch (error) {
    if (error instanceof CalcomRefusal) return { status: error.status, body: errorBody(error, path) };
    throw error;
  }
}
