/** Header that carries the W3C `traceparent` from a start through a workflow to its activities. */
export const TRACE_HEADER = 'traceparent';
