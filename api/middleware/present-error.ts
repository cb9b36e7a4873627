import { isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../../platform/logger.ts';
import { HttpProblem, unavailable } from '../http-problem.ts';
import { problem, sendProblem } from '../problem.ts';
import { contextOf } from './request-context.ts';

const RETRY_AFTER_SEC = 5;

/** gRPC: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const GRPC_DOWN = new Set([4, 8, 14]);

/** Sockets that fail, and PostgreSQL's own "going away", "coming up", "too many connections". */
const POSTGRES_DOWN =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EPIPE|08\w{3}|57P0[1-3]|53300)$/;
/** What `pg` says without a code. */
const POSTGRES_DOWN_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

function temporalIsDown(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && GRPC_DOWN.has(cause.code);
}

function postgresIsDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (typeof code === 'string' && POSTGRES_DOWN.test(code)) || POSTGRES_DOWN_MESSAGE.test(error.message);
}

/** Express's and its body parser's own refusals; they carry a 4xx status and, mostly, a type. */
function clientFault(error: unknown): HttpProblem | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  const type = 'type' in error ? error.type : undefined;
  if (error.status === 413)
    return new HttpProblem(problem(413, 'body-too-large', `The body is over ${limitOf(error)}.`));
  if (error.status === 415) {
    return new HttpProblem(problem(415, 'unsupported-media-type', 'Send the body as uncompressed UTF-8.'));
  }
  if (type === 'entity.parse.failed') {
    return new HttpProblem(problem(400, 'broken-json', 'The body is not valid JSON.'));
  }
  if (error.status >= 400 && error.status < 500) {
    return new HttpProblem(problem(400, 'bad-request', 'The request cannot be read.'));
  }
  return null;
}

/** The body parser tells its limit in bytes. */
const limitOf = (error: object): string =>
  'limit' in error && typeof error.limit === 'number' ? `${Math.floor(error.limit / 1024)} kB` : 'the limit';

/** What each error means to a client; null for one that nobody foresaw. */
export function toProblem(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new HttpProblem(problem(404, 'workflow-not-found', 'The workflow behind this is gone.'));
  }
  if (temporalIsDown(error)) {
    return unavailable('temporal-unavailable', 'The workflow server does not answer.', RETRY_AFTER_SEC);
  }
  if (postgresIsDown(error)) {
    return unavailable('database-unavailable', 'The database does not answer.', RETRY_AFTER_SEC);
  }
  return clientFault(error);
}

/** Ends every failed request with a problem; an unforeseen error is logged and told without details. */
export function presentError(log: Logger): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const known = toProblem(error);
    const context = contextOf(response);
    if (!known) log.error({ err: error, requestId: context?.requestId }, 'request failed');
    else if (known.problem.status >= 500)
      log.warn({ err: error, requestId: context?.requestId }, 'unavailable');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const answer = known ?? new HttpProblem(problem(500, 'internal', 'Something went wrong on our side.'));
    sendProblem(response, answer.problem, answer.headers);
  };
}
