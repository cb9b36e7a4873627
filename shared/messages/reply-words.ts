/** What a word to one of our numbers means. */
export type ReplyWord = 'stop' | 'start' | 'help';

/** The words that carriers and Twilio know, German ones, and the usual ones of those who write in another language. */
const words: Record<ReplyWord, readonly string[]> = {
  stop: [
    'stop',
    'stopall',
    'unsubscribe',
    'cancel',
    'end',
    'quit',
    'revoke',
    'optout',
    'stopp',
    'abmelden',
    'abbestellen',
    'keinesmsmehr',
    'arret',
    'arrêt',
    'alto',
    'baja',
    'afmelden',
    'iptal',
    'стоп',
  ],
  start: ['start', 'unstop', 'anmelden'],
  help: ['help', 'info', 'hilfe'],
};

const german = new Set(['stopp', 'abmelden', 'abbestellen', 'keinesmsmehr', 'anmelden', 'hilfe']);

/** What people put around a word and mean nothing else by. */
const AROUND = /^(bitte|please)|(sms|bitte|please)$/g;

/** The word that a text consists of, whatever its case and marks; null: it says something else. */
export function readReplyWord(text: string): { word: ReplyWord; language: 'de' | 'en' } | null {
  const written = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
  for (const bare of [written, written.replace(AROUND, '')]) {
    const found = meaningOf(bare);
    if (found) return found;
  }
  return null;
}

function meaningOf(bare: string): { word: ReplyWord; language: 'de' | 'en' } | null {
  for (const [word, known] of Object.entries(words) as [ReplyWord, readonly string[]][]) {
    if (known.includes(bare)) return { word, language: german.has(bare) ? 'de' : 'en' };
  }
  return null;
}

const answers: Record<'de' | 'en', Record<ReplyWord, string>> = {
  en: {
    stop: '{{ company }}: you will get no more messages from us here. Reply START to get them again.',
    start: '{{ company }}: you will get our messages here again. Reply STOP to end them.',
    help: '{{ company }}: we write to you about your appointments. Questions: {{ contact }}. Reply STOP to end the messages.',
  },
  de: {
    stop: '{{ company }}: Sie erhalten hier keine Nachrichten mehr von uns. Mit START erhalten Sie sie wieder.',
    start: '{{ company }}: Sie erhalten unsere Nachrichten hier wieder. Mit STOPP beenden Sie sie.',
    help: '{{ company }}: Wir schreiben Ihnen zu Ihren Terminen. Fragen: {{ contact }}. Mit STOPP beenden Sie die Nachrichten.',
  },
};

/** What we answer to a word, in the language of the customer if we speak it, else of the word. */
export const answerTo = ({ word }: { word: ReplyWord }, language: string, spoken: 'de' | 'en'): string =>
  (answers[language as 'de' | 'en'] ?? answers[spoken])[word];
