import { describe, expect, it } from 'vitest';
import { interpretWish, type WishedWords } from '../../../activities/phone-desk/call/interpret-wish.ts';

const company = {
  timeZone: 'Europe/Berlin',
  services: [
    { id: 'cut', slug: 'haircut', name: 'Haarschnitt', aliases: ['schnitt'] },
    { id: 'dye', slug: 'colour', name: 'Farbe und Schnitt', aliases: ['färben'] },
  ],
  staff: [
    { id: 'm', name: 'Mara Lindgrün', email: 'mara@salon.example' },
    { id: 'j', name: 'Jonas Petersen', email: 'jonas@salon.example' },
    { id: 'j2', name: 'Jonas Huber', email: 'huber@salon.example' },
  ],
} as unknown as Parameters<typeof interpretWish>[1];

const words = (change: Partial<WishedWords> = {}): WishedWords => ({
  intent: 'book',
  service: 'haircut',
  staff: null,
  date: '2027-06-01',
  time: '10:00',
  ...change,
});
const read = (change: Partial<WishedWords> = {}) => interpretWish(words(change), company);

describe('a wish in words becomes a slot', () => {
  it('of the service, by slug, name or alias, whatever the spelling', () => {
    for (const service of ['haircut', 'HAARSCHNITT', ' Schnitt ']) {
      expect(read({ service })).toEqual({
        kind: 'slot',
        slot: { serviceId: 'cut', staffId: null, startsAt: '2027-06-01T08:00:00.000Z' },
      });
    }
    expect(read({ service: 'Farben' })).toMatchObject({ slot: { serviceId: 'dye' } });
  });

  it('with the staff member, by first name, whole name or e-mail', () => {
    for (const staff of ['Mara', 'mara lindgrun', 'MARA@salon.example']) {
      expect(read({ staff })).toMatchObject({ kind: 'slot', slot: { staffId: 'm' } });
    }
    expect(read({ staff: 'anyone' })).toMatchObject({ kind: 'slot', slot: { staffId: null } });
  });

  it('at the first of two times when the clocks go back', () => {
    expect(read({ date: '2027-10-31', time: '02:30' })).toMatchObject({
      slot: { startsAt: '2027-10-31T00:30:00.000Z' },
    });
  });
});

describe('a wish that is no slot', () => {
  it('names the nearest time when the clocks left it out', () => {
    expect(read({ date: '2027-03-28', time: '02:30' })).toMatchObject({
      kind: 'no-such-time',
      nearest: { startsAt: '2027-03-28T01:30:00.000Z' },
    });
  });

  it('is none, or a change, by its intent', () => {
    expect(read({ intent: 'none' })).toEqual({ kind: 'none' });
    expect(read({ intent: 'cancel' })).toEqual({ kind: 'change-request' });
    expect(read({ intent: 'reschedule' })).toEqual({ kind: 'change-request' });
  });

  it.each<[string, Partial<WishedWords>, string]>([
    ['an unknown service', { service: 'unicorn grooming' }, 'service-unknown'],
    ['no service', { service: null }, 'service-missing'],
    ['an unknown name', { staff: 'Zoe' }, 'staff-unknown'],
    ['a name that two have', { staff: 'Jonas' }, 'staff-unknown'],
    ['no date', { date: null }, 'date-missing'],
    ['no time', { time: null }, 'time-missing'],
    ['a day that no calendar has', { date: '2027-02-30' }, 'time-invalid'],
    ['a time that no clock has', { time: '25:00' }, 'time-invalid'],
    ['an unclear intent', { intent: 'unclear' }, 'intent-unclear'],
  ])('is unclear with %s', (_what, change, reason) => {
    expect(read(change)).toEqual({ kind: 'unclear', reasons: [reason] });
  });
});
