import type { RequestHandler, Response } from 'express';
import { type RequestContext, readRequestContext } from '../webhooks/request-context.ts';

export type { RequestContext };

/** Takes over well-formed ids of the client, makes new ones otherwise, and answers with the request id. */
export const requestContext: RequestHandler = (request, response, next) => {
  const context = readRequestContext(request.headers);
  response.locals.context = context;
  response.setHeader('x-request-id', context.requestId);
  next();
};

export const contextOf = (response: Response): RequestContext => response.locals.context as RequestContext;
