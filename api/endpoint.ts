import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Caller } from './middleware/authenticate.ts';
import type { RequestContext } from './middleware/request-context.ts';

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A checked request, as an endpoint sees it. */
export interface EndpointRequest<P, Q, B, H> {
  params: Parsed<P>;
  query: Parsed<Q>;
  body: Parsed<B>;
  headers: Parsed<H>;
  caller: Caller;
  context: RequestContext;
}

/** A file on its way out. */
export interface SentFile {
  contents: Readable;
  filename: string;
  contentType: string;
  /** Told whether all of it went out. */
  settled?(complete: boolean): void;
}

/** What an endpoint answers; `text`, `html` and `file` go out as they are, `body` as JSON. */
export interface Answer {
  /** Unless it is that of the success. */
  status?: number;
  body?: unknown;
  text?: string;
  html?: string;
  file?: SentFile;
  headers?: Record<string, string>;
}

interface Definition<P, Q, B, H> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI path, e.g. `/api/calls/{id}`. */
  path: string;
  tag: string;
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  /** Media type of the body; JSON unless given. Another one is handed on as text. */
  bodyType?: 'application/json' | 'text/csv' | 'application/x-www-form-urlencoded';
  /** Header names in lower case. */
  headers?: H;
  success: {
    status: 200 | 201 | 202;
    description: string;
    schema: z.ZodType;
    text?: boolean;
    /** Of an answer that is neither JSON nor plain text. */
    type?: 'text/html' | 'application/octet-stream' | 'application/pdf';
  };
  /** The address itself is the permission: no API key is asked for, and there is no caller. */
  open?: boolean;
  /** Statuses of problems beyond 400, 401 and those that every endpoint has. */
  problems?: number[];
  handle(request: EndpointRequest<P, Q, B, H>): Promise<Answer>;
}

/** One operation of the API: its route, its documentation and its checks come from this one value. */
export type Endpoint = Omit<
  Definition<undefined, undefined, undefined, undefined>,
  'params' | 'query' | 'body' | 'headers' | 'handle'
> & {
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  headers?: z.ZodType;
  handle(request: EndpointRequest<never, never, never, never>): Promise<Answer>;
};

/** Types the handler by the schemas that stand beside it. */
export function endpoint<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  H extends z.ZodObject | undefined = undefined,
>(definition: Definition<P, Q, B, H>): Endpoint {
  return definition as unknown as Endpoint;
}
