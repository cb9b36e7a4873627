import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const traceParent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const requestId = /^[\w.:-]{1,100}$/;

/** What ties a request to the run and the effects that follow from it. */
export interface RequestContext {
  requestId: string;
  /** W3C Trace Context, version 00. */
  traceParent: string;
}

/** Takes the caller's ids where they are well-formed and makes new ones where not. */
export function readRequestContext(headers: IncomingHttpHeaders): RequestContext {
  const givenId = headers['x-request-id'];
  const givenTrace = headers.traceparent;
  return {
    requestId: typeof givenId === 'string' && requestId.test(givenId) ? givenId : randomUUID(),
    traceParent:
      typeof givenTrace === 'string' && traceParent.test(givenTrace)
        ? givenTrace
        : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  };
}
