/** Does nothing: what one workflow per call costs before it does anything. */
export async function empty(): Promise<void> {}
