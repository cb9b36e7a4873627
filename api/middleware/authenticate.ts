import type { RequestHandler, Response } from 'express';
import { findApiKey } from '../../db/api-keys.ts';
import type { Db } from '../../db/connect.ts';
import { HttpProblem } from '../http-problem.ts';
import { problem } from '../problem.ts';

/** Who asks: the API key that came with the request. */
export interface Caller {
  keyId: string;
  name: string;
  /** null: an operator, who sees every company. */
  companyId: string | null;
}

const BEARER = /^Bearer +(sb_[\w-]{20,200})$/i;

/** Lets a request with a valid, unrevoked key through. The answer never says which part was wrong. */
export function authenticate(db: Db): RequestHandler {
  return async (request, response, next) => {
    const key = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const caller = key ? await findApiKey(db, key) : undefined;
    if (!caller) {
      throw new HttpProblem(
        problem(401, 'unauthorized', 'Send a valid API key as "Authorization: Bearer sb_…".'),
        { 'www-authenticate': 'Bearer realm="switchboard"' },
      );
    }
    response.locals.caller = caller satisfies Caller;
    next();
  };
}

export const callerOf = (response: Response): Caller => response.locals.caller as Caller;
