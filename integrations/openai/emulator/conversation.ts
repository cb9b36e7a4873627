/** A transcript taken apart, orders to the model left out. */
export interface Conversation {
  caller: string;
  agent: string;
}

const SPEAKER =
  /^\s*(?:\[[^\]]*\]\s*)?(user|caller|customer|kunde|kundin|anrufer(?:in)?|agent|assistant|bot|ai)\s*:\s*/i;
const CALLER = /^(?:user|caller|customer|kund|anrufer)/i;

/** Text that addresses the model instead of the business. What follows it in the same turn is not read either. */
const ORDER_TO_MODEL = new RegExp(
  [
    '(?:ignore|disregard|forget|override|ignorier\\w*|vergiss|missachte)[^.!?\\n]{0,60}(?:instruction|prompt|rule|above|previous|anweisung|regel|vorgabe)',
    '(?:new|neue) (?:instructions?|anweisung(?:en)?)',
    'system(?:\\s+(?:prompt|message))?\\s*:',
    '(?:you are|act as|du bist) (?:now|jetzt|a |an |ein)',
    '(?:answer|respond|reply|return|output|antworte)\\w* (?:only |with |in |mit )[^.!?\\n]{0,30}(?:json|intent|schema)',
    'set (?:the )?(?:intent|confidence)',
    '<\\/?(?:system|instructions?)>|<\\/transcript>',
    '"intent"\\s*:',
  ].join('|'),
  'i',
);

const withoutOrders = (text: string) => text.slice(0, ORDER_TO_MODEL.exec(text)?.index ?? text.length);

export interface Turn {
  /** Null: before anybody is named. */
  speaker: 'caller' | 'agent' | null;
  text: string;
}

/** The turns of a transcript in order; lines without a speaker go on with the turn before. */
export function readTurns(transcript: string): Turn[] {
  const turns: Turn[] = [{ speaker: null, text: '' }];
  // Prompts may carry the transcript as a JSON string.
  for (const line of transcript.replaceAll('\\n', '\n').split('\n')) {
    const label = SPEAKER.exec(line);
    const turn = turns.at(-1);
    if (label)
      turns.push({
        speaker: CALLER.test(label[1] ?? '') ? 'caller' : 'agent',
        text: line.slice(label[0].length),
      });
    else if (turn) turn.text += `\n${line}`;
  }
  return turns.map(({ speaker, text }) => ({ speaker, text: withoutOrders(text) }));
}

/**
 * Splits a transcript by speaker. Without any speaker everything counts as said by the caller; with speakers, what
 * stands before the first one is not read.
 */
export function readConversation(transcript: string): Conversation {
  const turns = readTurns(transcript);
  const saidBy = (who: string | null) =>
    turns
      .filter(({ speaker }) => speaker === who)
      .map(({ text }) => text)
      .join('\n');
  return turns.length > 1
    ? { caller: saidBy('caller'), agent: saidBy('agent') }
    : { caller: saidBy(null), agent: '' };
}
