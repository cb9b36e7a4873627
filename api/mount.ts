import { pipeline } from 'node:stream/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Endpoint, SentFile } from './endpoint.ts';
import { fieldProblems, HttpProblem, invalidRequest } from './http-problem.ts';
import { callerOf } from './middleware/authenticate.ts';
import { contextOf } from './middleware/request-context.ts';
import { type FieldProblem, problem } from './problem.ts';

/** `/api/calls/{id}` as Express writes it. */
const expressPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1');

/** Routes of all endpoints; another method on a known path is a 405. */
export function mountEndpoints(endpoints: readonly Endpoint[]): Router {
  const router = Router({ caseSensitive: true });
  const methods = new Map<string, string[]>();
  for (const each of endpoints) {
    router[each.method](expressPath(each.path), handlerOf(each));
    methods.set(each.path, [...(methods.get(each.path) ?? []), each.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    router.all(expressPath(path), (_request, response) => {
      response.locals.route = path;
      const allow = allowed.join(', ');
      throw new HttpProblem(problem(405, 'method-not-allowed', `This resource takes ${allow}.`), { allow });
    });
  }
  return router;
}

function handlerOf(target: Endpoint): RequestHandler {
  return async (request, response) => {
    response.locals.route = target.path;
    if (target.body) requireType(request, target.bodyType ?? 'application/json');
    const answer = await target.handle({
      ...(check(target, request) as Record<'params' | 'query' | 'body' | 'headers', never>),
      caller: callerOf(response),
      context: contextOf(response),
    });
    await send(response, target.success.status, answer);
  };
}

async function send(
  response: Response,
  ofSuccess: number,
  { status = ofSuccess, body, text, html, file, headers = {} }: Awaited<ReturnType<Endpoint['handle']>>,
) {
  response.status(status).set({ 'cache-control': 'no-store', ...headers });
  if (file) await sendFile(response, file);
  else if (html !== undefined) response.type('text/html').send(html);
  else if (text !== undefined) response.type('text/plain').send(text);
  else response.json(body);
}

/** To be saved, never to be shown: what is inside must not act in the name of this server. */
async function sendFile(
  response: Response,
  { contents, filename, contentType, settled }: SentFile,
): Promise<void> {
  response.attachment(filename).type(contentType);
  if (response.req.method === 'HEAD') {
    contents.destroy();
    response.end();
    settled?.(false);
    return;
  }
  try {
    await pipeline(contents, response);
    settled?.(true);
  } catch (error) {
    settled?.(false);
    // Who has gone away is told nothing; a broken file ends the connection before its end.
    if (!response.headersSent) throw error;
    response.destroy();
  }
}

/** A body of another type is not read at all; a request without any body is left to the schema. */
function requireType(request: Request, type: string): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !request.is(type)) {
    throw new HttpProblem(problem(415, 'unsupported-media-type', `Send the body as ${type}.`));
  }
}

/** Checks every part of the request and reports all problems at once. */
function check(target: Endpoint, request: Request): Record<string, unknown> {
  const errors: FieldProblem[] = [];
  const parse = (schema: z.ZodType | undefined, value: unknown) => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(value);
    if (!parsed.success) errors.push(...fieldProblems(parsed.error));
    return parsed.data;
  };
  const checked = {
    params: parse(target.params, request.params),
    query: parse(target.query, { ...request.query }),
    body: parse(target.body, request.body),
    headers: parse(target.headers, request.headers),
  };
  if (errors.length > 0) throw invalidRequest(errors);
  return checked;
}
