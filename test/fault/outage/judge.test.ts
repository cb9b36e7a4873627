import { expect, it } from 'vitest';
import { busiestWindows, compareBookings, compareLatency, overLimit } from './judge.ts';

const booked = (uid: string) => ({ outcome: 'booked', status: 'booked', uid });

it('finds what is lost, what stands twice and what nobody asked for', () => {
  const { lost, double } = compareBookings({
    asked: ['good', 'open', 'gone', 'twice'],
    ended: new Map<string, { outcome: string | null; status: string; uid: string | null }>([
      ['good', booked('u1')],
      ['open', { outcome: null, status: 'pending', uid: null }],
      ['gone', booked('u2')],
      ['twice', booked('u3')],
    ]),
    standing: [
      { appointmentId: 'good', uid: 'u1' },
      { appointmentId: 'twice', uid: 'u3' },
      { appointmentId: 'twice', uid: 'u4' },
      { appointmentId: 'stranger', uid: 'u5' },
    ],
  });
  expect(lost.map(({ what }) => what)).toEqual(['booking open', 'booking gone']);
  expect(double.map(({ what }) => what)).toEqual(['booking twice', 'booking of stranger']);
});

it('counts the busiest 60 s of each key, wherever they begin', () => {
  const at = (key: string, ...seconds: number[]) => seconds.map((s) => ({ key, atMs: s * 1_000 }));
  const busiest = busiestWindows([...at('a', 0, 50, 55, 100, 109.9), ...at('b', 60, 0)]);
  expect([...busiest]).toEqual([
    ['a', 4],
    ['b', 1],
  ]);
  expect(overLimit(busiest, 3).map(({ what }) => what)).toEqual(['key a']);
  expect(overLimit(busiest, 4)).toEqual([]);
});

it('judges medians within 20 %, and only of enough samples', () => {
  const of = (ms: number, count = 30) => Array.from({ length: count }, () => ms);
  expect(compareLatency(of(100), of(120))).toEqual([]);
  expect(compareLatency(of(100), of(121))).toHaveLength(1);
  expect(compareLatency(of(100, 29), of(500))).toEqual([]);
});
