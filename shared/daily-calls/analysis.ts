/** How a person felt about the conversation. */
export const sentiments = ['positive', 'neutral', 'negative'] as const;
export type Sentiment = (typeof sentiments)[number];

/** How a person came across. `unclear` also where too little was said. */
export const moods = [
  'cheerful',
  'content',
  'calm',
  'tired',
  'stressed',
  'sad',
  'anxious',
  'angry',
  'unclear',
] as const;
export type Mood = (typeof moods)[number];

/** What a conversation came to, as it is kept sealed on its attempt. */
export interface CallAnalysis {
  /** In the person's language. */
  summary: string;
  sentiment: Sentiment;
  mood: Mood;
  /** One for each question of the script, in its order; null: not answered. */
  answers: { key: string; answer: string | null }[];
}
