/** Longer conversations keep their beginning and their end: greetings and agreements stand there. */
const MAX_CHARS = 8_000;

/** A transcript as data for a language model: marked, of bounded length, and unable to end its own mark. */
export function quoteConversation(transcript: string): string {
  // Replaced, not taken out: what is left over must not make up a new mark.
  const text = shorten(transcript).replaceAll(/<(?=\s*\/?\s*conversation)/gi, '‹');
  return `<conversation>\n${text}\n</conversation>`;
}

function shorten(text: string): string {
  if (text.length <= MAX_CHARS) return text;
  const half = MAX_CHARS / 2;
  // A character of two halves is not cut in two.
  const start = text.slice(0, half).replace(/[\uD800-\uDBFF]$/, '');
  const end = text.slice(-half).replace(/^[\uDC00-\uDFFF]/, '');
  return `${start}\n[…]\n${end}`;
}
