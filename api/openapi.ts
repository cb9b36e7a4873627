import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Names the kind of problem; stable, for programs.' }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

const meanings: Record<number, string> = {
  400: 'Something in the request is wrong; `errors` names each field.',
  401: 'No valid API key.',
  403: 'The key may not do this.',
  404: 'There is no such thing, or it belongs to another company.',
  410: 'It was here, and is not any more.',
  409: 'It is no longer in a state that allows this.',
  413: 'The body is too large.',
  415: 'The body is of another type.',
  422: 'Well-formed, but it cannot be done; `errors` says what to do about each field.',
  429: 'Too many of these requests; `Retry-After` says when the next one may come.',
  500: 'Unforeseen; the request id finds the log line.',
  503: 'The database or the workflow server does not answer; try again.',
};

const everyEndpoint = [400, 500, 503];
const everyKeyed = [401, 403];
const everyBody = [413, 415];

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

function problemsOf(endpoint: Endpoint): RouteConfig['responses'] {
  const statuses = [
    ...everyEndpoint,
    ...(endpoint.open ? [] : everyKeyed),
    ...(endpoint.body ? everyBody : []),
    ...(endpoint.problems ?? []),
  ];
  return Object.fromEntries(
    [...new Set(statuses)].sort().map((status) => [
      status,
      {
        description: meanings[status] ?? 'Problem',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

function routeOf(endpoint: Endpoint): RouteConfig {
  const { params, query, headers, body, success } = endpoint;
  return {
    method: endpoint.method,
    path: endpoint.path,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    operationId: operationId(endpoint),
    security: endpoint.open ? [] : [{ apiKey: [] }],
    request: {
      ...(params ? { params: params as z.ZodObject } : {}),
      ...(query ? { query: query as z.ZodObject } : {}),
      ...(headers ? { headers: headers as z.ZodObject } : {}),
      ...(body
        ? {
            body: {
              required: !body.safeParse(undefined).success,
              content: { [endpoint.bodyType ?? 'application/json']: { schema: body } },
            },
          }
        : {}),
    },
    responses: {
      [success.status]: {
        description: success.description,
        content: {
          [success.type ?? (success.text ? 'text/plain' : 'application/json')]: { schema: success.schema },
        },
      },
      ...problemsOf(endpoint),
    },
  };
}

/** `get /api/inbox-events/{id}/body` is `getInboxEventsByIdBody`. */
function operationId({ method, path }: Endpoint): string {
  const words = path
    .replace('/api/', '')
    .replace(/\{(\w+)\}/g, 'by-$1')
    .split(/[/-]/);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** The OpenAPI 3.1 document, from the schemas that check the requests. */
export function createOpenApiDocument(endpoints: readonly Endpoint[], serverUrl: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: `Bearer sb_…`. A key belongs to one company, or to an operator.',
  });
  for (const each of endpoints) registry.registerPath(routeOf(each));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Switchboard',
      version: '1',
      description: 'Calls, bookings, appointments and what happened to them.',
    },
    servers: [{ url: serverUrl }],
  });
}
