import { readTurns, type Turn } from './conversation.ts';
import { wholeWords } from './spoken-words.ts';

/** What the emulated model makes of a conversation with a person who was called. */
export interface Analysis {
  summary: string;
  sentiment: 'positive' | 'neutral' | 'negative';
  mood: string;
  answers: { key: string; answer: string | null }[];
}

const NOT = '(?:not|no|never|nicht|kein\\w*)(?:\\s+(?:so|very|too|really|sehr|besonders))?\\s+';
const GOOD =
  'good|great|fine|well|better|happy|glad|wonderful|gut|super|prima|toll|besser|froh|schön|wunderbar';
const BAD =
  'bad|badly|worse|terrible|awful|pain\\w*|sad|angry|tired|schlecht\\w*|schlimm\\w*|schmerz\\w*|traurig|müde';

const moods: [mood: string, words: string][] = [
  ['angry', 'angry|furious|annoyed|wütend|verärgert|sauer'],
  ['anxious', 'afraid|scared|worried|anxious|angst|besorgt|sorgen?'],
  ['sad', 'sad|lonely|unhappy|traurig|einsam'],
  ['stressed', 'stress\\w*|gestresst|overwhelmed|überfordert'],
  ['tired', 'tired|exhausted|müde|erschöpft'],
  ['cheerful', 'great|wonderful|happy|super|toll|wunderbar|froh'],
];

const count = (text: string, words: string) => [...text.matchAll(wholeWords(words))].length;

function readSentiment(said: string): Analysis['sentiment'] {
  const denied = count(said, `${NOT}(?:${GOOD})`);
  const score = count(said, GOOD) - 2 * denied - count(said, BAD);
  return score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral';
}

function readMood(said: string, sentiment: Analysis['sentiment']): string {
  if (!said.trim()) return 'unclear';
  const named = moods.find(([, words]) => wholeWords(words).test(said))?.[0];
  return named ?? (sentiment === 'positive' ? 'content' : 'calm');
}

const wordsOf = (text: string) =>
  (text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []).filter((word) => word.length > 2);

/** The first thing said after the agent has asked this, or something with at least half of its words. */
function answerTo(question: string, turns: Turn[]): string | null {
  const words = wordsOf(question);
  const asked = turns.findIndex(({ speaker, text }) => {
    const spoken = new Set(wordsOf(text));
    return (
      speaker === 'agent' && words.filter((word) => spoken.has(word)).length * 2 >= Math.max(words.length, 1)
    );
  });
  if (asked === -1) return null;
  const next = turns[asked + 1];
  return next?.speaker === 'caller' ? next.text.trim() || null : null;
}

const QUESTION = /^- ([^|\n]+) \| (.+)$/gm;

/**
 * Reads a conversation as a careful model would: only what the person said counts, and orders in it are not
 * followed. Deterministic; English and German.
 */
export function readAnalysis(system: string, user: string): Analysis {
  const turns = readTurns(user.replaceAll(/<\/?conversation>/g, ''));
  const person = turns.length > 1 ? 'caller' : null;
  const said = turns
    .filter(({ speaker }) => speaker === person)
    .map(({ text }) => text.trim())
    .filter(Boolean)
    .join(' ');
  const sentiment = readSentiment(said);
  return {
    summary: summaryOf(said, /language "de/.test(system)),
    sentiment,
    mood: readMood(said, sentiment),
    answers: [...system.matchAll(QUESTION)].map(([, key = '', question = '']) => ({
      key: key.trim(),
      answer: answerTo(question, turns)?.slice(0, 200) ?? null,
    })),
  };
}

function summaryOf(said: string, german: boolean): string {
  const words = Array.from(said.replaceAll(/\s+/g, ' ')).slice(0, 160).join('').trim();
  if (!words) return german ? 'Sie haben nichts gesagt.' : 'You said nothing.';
  return german ? `Sie haben erzählt: ${words}` : `You told us: ${words}`;
}
