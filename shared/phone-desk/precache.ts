/** What became of one company's look-ahead; `failed`: its calendar could not be asked in time. */
export type PrecacheOutcome = 'asked' | 'known' | 'key-refused' | 'failed';

/** Companies by what became of them. */
export type PrecacheCounts = Record<PrecacheOutcome, number>;

/** The counts of two parts of one look-ahead together. */
export const addCounts = (a: PrecacheCounts, b: PrecacheCounts): PrecacheCounts => ({
  asked: a.asked + b.asked,
  known: a.known + b.known,
  'key-refused': a['key-refused'] + b['key-refused'],
  failed: a.failed + b.failed,
});
