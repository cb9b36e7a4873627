import type { ReceivedRequest } from '../../../scripts/emulators/requests.ts';
import type { Offence } from '../compare.ts';

const WINDOW_MS = 60_000;
/** How much slower others may become; below so many samples a median says too little to be judged. */
const TOLERANCE = 0.2;
export const MIN_SAMPLES = 30;

/** What was asked for, what our database says, what Cal.com executed. */
export interface BookingBooks {
  /** Ids that the API accepted. */
  asked: string[];
  /** How each of them ended. */
  ended: Map<string, { outcome: string | null; status: string | null; uid: string | null }>;
  /** Bookings that stand at Cal.com. */
  standing: { appointmentId: string; uid: string }[];
}

/** Every accepted booking is booked once here and stands once at Cal.com, and nothing else stands there. */
export function compareBookings({ asked, ended, standing }: BookingBooks) {
  const lost: Offence[] = [];
  const double: Offence[] = [];
  const uids = new Map<string, string[]>();
  for (const { appointmentId, uid } of standing) {
    uids.set(appointmentId, [...(uids.get(appointmentId) ?? []), uid]);
  }
  for (const id of asked) {
    const what = `booking ${id}`;
    const end = ended.get(id);
    const made = uids.get(id) ?? [];
    if (end?.outcome !== 'booked' || end.status !== 'booked') {
      lost.push({ what, why: `ended as ${end?.outcome ?? 'nothing'}, its appointment is ${end?.status}` });
    } else if (!made.includes(end.uid ?? '')) {
      lost.push({ what, why: `booked as ${end.uid}, Cal.com has [${made}]` });
    }
    if (made.length > 1) double.push({ what, why: `stands ${made.length} times at Cal.com` });
  }
  const known = new Set(asked);
  for (const id of uids.keys()) {
    if (!known.has(id))
      double.push({ what: `booking of ${id}`, why: 'stands at Cal.com, nobody asked for it' });
  }
  return { lost, double };
}

/** The most requests in any 60 s, by key. A window is half open: it ends right before its 60th second. */
export function busiestWindows(requests: Pick<ReceivedRequest, 'key' | 'atMs'>[]): Map<string, number> {
  const times = new Map<string, number[]>();
  for (const { key, atMs } of requests) {
    const of = key ?? 'no key';
    times.set(of, [...(times.get(of) ?? []), atMs]);
  }
  const most = (sorted: number[]) => {
    let first = 0;
    let found = 0;
    for (const [last, atMs] of sorted.entries()) {
      while (sorted[first]! <= atMs - WINDOW_MS) first += 1;
      found = Math.max(found, last - first + 1);
    }
    return found;
  };
  return new Map([...times].map(([key, found]) => [key, most(found.sort((a, b) => a - b))]));
}

/** Keys whose busiest 60 s have more requests than the vendor allows. */
export function overLimit(busiest: Map<string, number>, perMinute: number): Offence[] {
  return [...busiest]
    .filter(([, count]) => count > perMinute)
    .map(([key, count]) => ({ what: `key ${key}`, why: `${count} calls within 60 s, ${perMinute} allowed` }));
}

/** NaN of nothing. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Whether others were as fast during the outage and the drain as before it; too few samples are not judged. */
export function compareLatency(before: number[], during: number[]): Offence[] {
  if (Math.min(before.length, during.length) < MIN_SAMPLES) return [];
  const [was, became] = [median(before), median(during)];
  if (became <= was * (1 + TOLERANCE)) return [];
  return [{ what: 'Retell reads', why: `p50 ${became.toFixed(0)} ms, ${was.toFixed(0)} ms before` }];
}
