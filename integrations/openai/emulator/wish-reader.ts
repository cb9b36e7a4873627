import { readConversation } from './conversation.ts';
import { type Listed, readPromptFacts } from './prompt-facts.ts';
import { readDates } from './spoken-dates.ts';
import { readTimes } from './spoken-times.ts';
import { wholeWords } from './spoken-words.ts';

/** What the emulated model understands of a call. */
export interface Wish {
  intent: 'book' | 'reschedule' | 'cancel' | 'none' | 'unclear';
  service: string | null;
  staff: string | null;
  /** `YYYY-MM-DD` */
  date: string | null;
  /** `HH:MM` */
  time: string | null;
  customerName: string | null;
  customerEmail: string | null;
  /** 0..1 */
  confidence: number;
  reason: string;
}

const intents = [
  [
    'reschedule',
    'reschedul\\w*|postpone\\w*|(?:move|change|shift) (?:my|the|our|it)|verschieb\\w*|verleg\\w*|umbuch\\w*',
  ],
  ['cancel', 'cancel(?:ed|ling|ing)?|call it off|absag\\w*|storni\\w*'],
  [
    'book',
    'book(?:ed|ing)?|appointment|reserv\\w*|schedul\\w*|slot|come in|termin\\w*|buch\\w*|vereinbar\\w*',
  ],
] as const;

const NAME_WORD = "\\p{Lu}[\\p{L}'’-]+";
const NAME = new RegExp(
  `^(${NAME_WORD}(?:\\s+(?:(?:van|von|de|der|da|di|el|al)\\s+)*${NAME_WORD}){0,3})`,
  'u',
);
const INTRODUCTION =
  "my name is|my name['’]s|name is|this is|i am|i['’]m|mein name ist|ich heiße|ich bin|hier ist|hier spricht";
const NO_NAME = wholeWords(
  'monday|tuesday|wednesday|thursday|friday|saturday|sunday|great|fine|perfect|good|yes|no',
);
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/;
const SPOKEN_EMAIL =
  /\b([a-z0-9]+(?: (?:dot|punkt) [a-z0-9]+)*) (?:at|ät) ([a-z0-9-]+(?: (?:dot|punkt) [a-z0-9-]+)+)\b/i;

function readIntent(text: string): Wish['intent'] | null {
  return intents.find(([, words]) => wholeWords(words).test(text))?.[0] ?? null;
}

function readName(text: string): string | null {
  for (const match of text.matchAll(wholeWords(INTRODUCTION))) {
    const after = text.slice((match.index ?? 0) + match[0].length).trimStart();
    const name = NAME.exec(after)?.[1];
    if (name && name.search(NO_NAME) === -1) return name;
  }
  return null;
}

function readEmail(text: string): string | null {
  const written = EMAIL.exec(text)?.[0];
  if (written) return written.toLowerCase();
  const [, user, host] = SPOKEN_EMAIL.exec(text) ?? [];
  const join = (part: string) => part.replaceAll(/ (?:dot|punkt) /gi, '.').toLowerCase();
  return user && host ? `${join(user)}@${join(host)}` : null;
}

const wordsOf = (text: string) =>
  (text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []).filter((word) => word.length > 2);

/** How well a text names something: above 1 by its whole name, else the share of its words that occur. */
function likeness(name: string, text: string, spoken: Set<string>): number {
  if (text.toLowerCase().includes(name.toLowerCase())) return 1 + name.length / 1_000;
  const words = wordsOf(name);
  const known = words.filter((word) => spoken.has(word) || spoken.has(`${word}s`));
  return known.length / Math.max(words.length, 1);
}

/** The one listed entry that a text means; null when none or several fit equally well. */
export function pickListed(entries: Listed[], text: string): string | null {
  const spoken = new Set(wordsOf(text));
  const ranked = entries
    .map(({ answer, names }) => ({
      answer,
      score: Math.max(...names.map((name) => likeness(name, text, spoken))),
    }))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score);
  const [best, second] = ranked;
  return best && best.score !== second?.score ? best.answer : null;
}

/**
 * Reads a call as a careful model would: what the caller said last counts, the agent's words fill the gaps,
 * and orders in the transcript are not followed. Deterministic; English and German.
 */
export function readWish(system: string, user: string, now: Date): Wish {
  const { today, services, staff } = readPromptFacts(system, now);
  const { caller, agent } = readConversation(user);
  const service = pickListed(services, caller) ?? pickListed(services, agent);
  const date = readDates(caller, today).at(-1) ?? readDates(agent, today).at(-1) ?? null;
  const time = readTimes(caller).at(-1) ?? readTimes(agent).at(-1) ?? null;
  const intent =
    readIntent(caller) ?? (service && date ? 'book' : service || date || time ? 'unclear' : 'none');
  return {
    intent,
    service,
    staff: pickListed(staff, caller),
    date,
    time,
    customerName: readName(caller),
    customerEmail: readEmail(caller),
    confidence: confidenceOf(intent, [service, date, time]),
    reason: reasonOf(intent, { service, date, time }),
  };
}

function confidenceOf(intent: Wish['intent'], facts: (string | null)[]): number {
  if (intent === 'unclear') return 0.3;
  if (intent === 'none' || intent === 'cancel') return 0.9;
  const known = facts.filter((fact) => fact !== null).length;
  return [0.4, 0.55, 0.75, 0.95][known] ?? 0.4;
}

function reasonOf(intent: Wish['intent'], facts: Record<string, string | null>): string {
  const missing = Object.keys(facts).filter((name) => facts[name] === null);
  if (intent === 'none') return 'The caller asked for no appointment.';
  if (intent === 'unclear') return 'The caller named details but not what should happen.';
  const open = missing.length === 0 || intent === 'cancel' ? '' : ` Not stated: ${missing.join(', ')}.`;
  return `The caller wants to ${intent} an appointment.${open}`;
}
