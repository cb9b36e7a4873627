import type { PhoneCall } from './script.ts';

type Utterances = NonNullable<PhoneCall['transcript_object']>;

const SECONDS_PER_WORD = 0.3;

/** `Agent: …\nUser: …` as the vendor's list of utterances with word times in seconds. */
export function toUtterances(transcript: string): Utterances {
  let clock = 0;
  return transcript
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, speaker, said] = /^(Agent|User): ?(.*)$/.exec(line) ?? [];
      const content = said ?? line;
      const words = content
        .split(/\s+/)
        .filter(Boolean)
        .map((word) => {
          const start = clock;
          clock += SECONDS_PER_WORD;
          return { word, start: round(start), end: round(clock) };
        });
      return { role: speaker === 'User' ? 'user' : 'agent', content, words };
    });
}

/** The vendor's plain text of a list of utterances. */
export function toTranscript(utterances: Utterances): string {
  return utterances
    .map(({ role, content }) => `${role === 'user' ? 'User' : 'Agent'}: ${content}\n`)
    .join('');
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000;
