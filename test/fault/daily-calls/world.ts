import { randomUUID } from 'node:crypto';
import { addDays, localDate, weekdayOf } from '../../../shared/time.ts';
import { type Company, type DueUser, LEGAL_HOURS, type RetryOutcome, type Turn } from './due-user.ts';
import { clockAt, pick, zonesByDay } from './zones.ts';

/** Shares of the kinds of users, in per cent. */
const kinds = {
  open: 68,
  closing: 12,
  quietSoon: 6,
  quietNow: 3,
  night: 3,
  otherDay: 3,
  disabled: 1,
  noConsent: 2,
  doNotCall: 2,
} as const;
type Kind = keyof typeof kinds;

const providers = { callkaro: 50, retell: 25, vapi: 25 } as const;

/** How the phones answer, in per cent. */
const scripts = {
  answers: 44,
  'no-answer': 16,
  busy: 8,
  voicemail: 6,
  fails: 6,
  'never-reports': 4,
  'reports-twice': 8,
  'reports-late': 8,
} as const;

const MINUTE_MS = 60_000;
/** From a call's moment until a window ends or quiet hours begin, for those whose hours end during the run. */
const CLOSES_AFTER_MIN = [1, 2];
/** Of the company with few lines. */
const FEW_USERS = 10;
/** Reports that come within the limit of a call, and after it. */
const LATE_MS = [500, 1_500, 6_000];

export interface World {
  users: number;
  companies: Company[];
  /** The whole minute at which the first calls are due. */
  firstDueAt: Date;
  /** Calls are due in each of so many minutes from the first. */
  dueMinutes: number;
}

/** Users with preferences of all kinds; what is allowed now and what is not follows from their own clocks. */
export function drawUsers(random: () => number, world: World): DueUser[] {
  const zones = zonesByDay(world.firstDueAt);
  return Array.from({ length: world.users }, (_, index) => {
    const kind = weighted(random, kinds);
    const zone = pick(random, kind === 'night' ? zones.night : zones.day);
    const wishedAt = after(world.firstDueAt, Math.floor(random() * world.dueMinutes));
    const provider = weighted(random, providers);
    const closesAt = after(wishedAt, pick(random, CLOSES_AFTER_MIN));
    const user: DueUser = {
      id: randomUUID(),
      company: companyOf(index, world),
      phone: `+49151${String(10_000_000 + index)}`,
      provider,
      zone,
      callTime: clockAt(wishedAt, zone),
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      windowFrom: LEGAL_HOURS.from,
      windowTo: LEGAL_HOURS.to,
      quiet: null,
      maxAttempts: 1 + Math.floor(random() * 4),
      retryDelays: drawDelays(random),
      enabled: true,
      consent: true,
      doNotCall: false,
      expected: 'called',
      dueAt: wishedAt,
      localDate: localDate(wishedAt, zone),
      turns: Array.from({ length: 4 }, () => drawTurn(random)),
    };
    return { ...user, ...ofKind(kind, user, closesAt) };
  });
}

/** The first company has few lines and few users: enough to keep the lines busy, not the run. */
function companyOf(index: number, { companies, users }: World): Company {
  const [few, ...others] = companies as [Company, ...Company[]];
  if (index < Math.max(FEW_USERS, users / 50)) return few;
  return others[index % others.length]!;
}

function ofKind(kind: Kind, { zone, dueAt, localDate: today }: DueUser, closesAt: Date): Partial<DueUser> {
  const at = (moment: Date, minutes: number) => clockAt(after(moment, minutes), zone);
  switch (kind) {
    case 'open':
      return {};
    case 'closing':
      return { expected: 'called-before', windowTo: clockAt(closesAt, zone) };
    case 'quietSoon':
      return { expected: 'called-before', quiet: { from: clockAt(closesAt, zone), to: '23:00' } };
    case 'quietNow':
      return { expected: 'not-in-this-run', quiet: { from: at(dueAt, -30), to: at(dueAt, 45) } };
    case 'night':
      return { expected: 'not-in-this-run' };
    case 'otherDay':
      return { expected: 'not-in-this-run', weekdays: [weekdayOf(addDays(today, 2))] };
    case 'disabled':
      return { expected: 'not-in-this-run', enabled: false };
    case 'noConsent':
      return { expected: 'refused', consent: false };
    case 'doNotCall':
      return { expected: 'refused', doNotCall: true };
  }
}

/** Fractions of minutes: seconds, so that a run sees retries. */
function drawDelays(random: () => number): Record<RetryOutcome, number | null> {
  const minutes = () => Math.round(15 + random() * 60) / 1_000;
  return {
    'no-answer': minutes(),
    busy: minutes(),
    failed: minutes(),
    voicemail: random() < 0.5 ? minutes() : null,
  };
}

function drawTurn(random: () => number): Turn {
  const script = weighted(random, scripts);
  return {
    script,
    ring_ms: 50 + Math.floor(random() * 250),
    talk_ms: 400 + Math.floor(random() * 1_000),
    late_ms: pick(random, LATE_MS),
    duration_ms: 1_000,
  };
}

function weighted<Name extends string>(random: () => number, weights: Record<Name, number>): Name {
  const entries = Object.entries(weights) as [Name, number][];
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return entries[0]![0];
}

const after = (moment: Date, minutes: number) => new Date(moment.getTime() + minutes * MINUTE_MS);
