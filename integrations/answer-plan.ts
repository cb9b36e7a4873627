import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { EmulatorKit } from '../shared/emulator.ts';

/** How the people behind the numbers and the provider's webhooks behave in an emulator. */
export const answerScripts = [
  'answers',
  'no-answer',
  'busy',
  'voicemail',
  'fails',
  'never-reports',
  'reports-twice',
  'reports-late',
  'reports-for-yesterday',
] as const;
export type AnswerScript = (typeof answerScripts)[number];

/** How a call goes, apart from what is reported of it. */
export const callEnds = ['answers', 'no-answer', 'busy', 'voicemail', 'fails'] as const;
export type CallEnd = (typeof callEnds)[number];

const milliseconds = z
  .int()
  .min(0)
  .max(24 * 60 * 60_000);
const details = {
  transcript: z.string().optional(),
  /** From the dial until somebody picks up or it is over. */
  ring_ms: milliseconds.optional(),
  /** How long the emulated conversation takes. */
  talk_ms: milliseconds.optional(),
  /** How long it is said to have taken: the talk is played faster than that. */
  duration_ms: milliseconds.optional(),
  /** How much later than the end the report of `reports-late` comes. */
  late_ms: milliseconds.optional(),
};

const turnSchema = z.union([
  z.enum(answerScripts).transform((script) => ({ script, ends: undefined })),
  z.strictObject({
    script: z.enum(answerScripts),
    /** How a call goes whose script is about the report; `answers` by default. */
    ends: z.enum(callEnds).optional(),
    ...details,
  }),
]);
type Turn = z.output<typeof turnSchema> & {
  [name in keyof typeof details]?: z.output<(typeof details)[name]>;
};

/** The part of a vendor's seed that says how outbound calls go. A later seed adds numbers and replaces the rest. */
export const answerPlanSchema = z.strictObject({
  /** By number called, E.164: what its first, second, … call gets; the last one stays. */
  numbers: z.record(z.string(), z.array(turnSchema).min(1)).default({}),
  /** Chances of all other numbers. */
  weights: z.partialRecord(z.enum(answerScripts), z.number().min(0)).default({ answers: 1 }),
  /** Draws by seed, number and count of the call: the same calls go the same way in any order. */
  seed: z.int().default(1),
  ...details,
});
type AnswerPlan = z.output<typeof answerPlanSchema>;

/** How one call goes. */
export interface CallCourse {
  script: AnswerScript;
  end: CallEnd;
  ringMs: number;
  /** 0 when nobody and nothing picked up. */
  talkMs: number;
  durationMs: number;
  transcript: string;
  /** Webhooks of the end: none, one, or two. */
  reports: 0 | 1 | 2;
  lateMs: number;
}

const conversation =
  'Agent: Good evening! How was your day?\nUser: Good, thank you. I slept well.\nAgent: Glad to hear it. Until tomorrow!\n';
const greeting = 'User: Please leave a message after the tone.\n';

/** Reads and writes the answer plan of a vendor. */
export function answerPlan(kit: EmulatorKit) {
  const plans = kit.collection<AnswerPlan>('answerPlan');
  const numbers = kit.collection<Turn[]>('answersByNumber');
  const counts = kit.collection<number>('callsByNumber');
  return {
    seed({ numbers: given, ...rest }: AnswerPlan): void {
      plans.put('plan', { ...rest, numbers: {} });
      for (const [number, turns] of Object.entries(given)) {
        numbers.put(number, turns as Turn[]);
        counts.delete(number);
      }
    },
    isSeeded: () => plans.get('plan') !== undefined,
    /** The course of the next call to a number; counts it. */
    next(to: string): CallCourse {
      const plan = plans.get('plan') ?? answerPlanSchema.parse({});
      const count = counts.get(to) ?? 0;
      counts.put(to, count + 1);
      const turns = numbers.get(to);
      const turn = turns?.[Math.min(count, turns.length - 1)] ?? {
        script: draw(plan, to, count),
        ends: undefined,
      };
      return courseOf(turn, plan);
    },
  };
}

function draw({ weights, seed }: AnswerPlan, to: string, count: number): AnswerScript {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const hash = createHash('sha256').update(`${seed}:${to}:${count}`).digest().readUInt32BE();
  let rest = (hash / 2 ** 32) * total;
  for (const script of answerScripts) {
    rest -= weights[script] ?? 0;
    if (rest < 0) return script;
  }
  return 'answers';
}

function courseOf(turn: Turn, plan: AnswerPlan): CallCourse {
  const { script } = turn;
  const end = turn.ends ?? callEnds.find((name) => name === script) ?? 'answers';
  const pickedUp = end === 'answers' || end === 'voicemail';
  const spoken = end === 'answers' ? (turn.transcript ?? plan.transcript ?? conversation) : greeting;
  return {
    script,
    end,
    ringMs: turn.ring_ms ?? plan.ring_ms ?? 150,
    talkMs: pickedUp ? (turn.talk_ms ?? plan.talk_ms ?? 300) : 0,
    durationMs: pickedUp ? (turn.duration_ms ?? plan.duration_ms ?? 60_000) : 0,
    transcript: pickedUp ? spoken : '',
    reports: script === 'never-reports' ? 0 : script === 'reports-twice' ? 2 : 1,
    lateMs: script === 'reports-late' ? (turn.late_ms ?? plan.late_ms ?? 2_000) : 0,
  };
}

/** Our metadata as it would have been the day before: another attempt, and every local date a day earlier. */
export function yesterdaysMetadata(metadata: Record<string, unknown>): Record<string, unknown> {
  const dayBefore = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
      ? new Date(Date.parse(value) - 86_400_000).toISOString().slice(0, 10)
      : value;
  const shifted = Object.entries(metadata).map(([name, value]) => [name, dayBefore(value)]);
  return { ...Object.fromEntries(shifted), attemptId: randomUUID() };
}
