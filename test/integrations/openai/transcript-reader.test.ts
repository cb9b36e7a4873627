import { describe, expect, it } from 'vitest';
import { readPromptFacts } from '../../../integrations/openai/emulator/prompt-facts.ts';
import { readDates } from '../../../integrations/openai/emulator/spoken-dates.ts';
import { readTimes } from '../../../integrations/openai/emulator/spoken-times.ts';
import { readWish } from '../../../integrations/openai/emulator/wish-reader.ts';
import { system, TODAY } from './fixture.ts';

const now = new Date('2030-01-01T00:00:00Z');

describe('dates', () => {
  it.each([
    ['2026-03-29', '2026-03-29'],
    ['on 3 March', '2026-03-03'],
    ['on the 1st of March', '2027-03-01'],
    ['March 5th, 2027', '2027-03-05'],
    ['am 3. März', '2026-03-03'],
    ['am 29.03.', '2026-03-29'],
    ['am 29.03.2027', '2027-03-29'],
    ['today', TODAY],
    ['tomorrow', '2026-03-03'],
    ['the day after tomorrow', '2026-03-04'],
    ['übermorgen', '2026-03-04'],
    ['morgen', '2026-03-03'],
    ['yesterday', '2026-03-01'],
    ['next Monday', '2026-03-09'],
    ['on Tuesday', '2026-03-03'],
    ['nächsten Freitag', '2026-03-06'],
    ['Tuesday next week', '2026-03-10'],
    ['nächste Woche Dienstag', '2026-03-10'],
    ['in two weeks', '2026-03-16'],
    ['in 3 Tagen', '2026-03-05'],
    ['in einer Woche', '2026-03-09'],
  ])('%s is %s', (text, date) => expect(readDates(text, TODAY)).toEqual([date]));

  it.each(['30 February', '31.04.2026', '2026-13-01', 'guten Morgen', 'I may come', 'Marching on'])(
    '%s is none',
    (text) => expect(readDates(text, TODAY)).toEqual([]),
  );
});

describe('times', () => {
  it.each([
    ['at 3 pm', '15:00'],
    ['3:30 p.m.', '15:30'],
    ['at three thirty pm', '15:30'],
    ['ten in the morning', '10:00'],
    ['12 am', '00:00'],
    ['12 pm', '12:00'],
    ['15:30', '15:30'],
    ['02:30', '02:30'],
    ['2:30 am', '02:30'],
    ['um 15 Uhr', '15:00'],
    ['um 15 Uhr 30', '15:30'],
    ['15.30 Uhr', '15:30'],
    ['drei Uhr nachmittags', '15:00'],
    ['halb vier', '15:30'],
    ['half past nine', '09:30'],
    ["two o'clock", '14:00'],
    ['at noon', '12:00'],
    ['at 10.', '10:00'],
  ])('%s is %s', (text, time) => expect(readTimes(text)).toEqual([time]));

  it.each(['at 12 Main Street', '25:00', '10:75', 'call 0151 2345678', 'for 2 people'])(
    '%s is none',
    (text) => expect(readTimes(text)).toEqual([]),
  );
});

describe('the system prompt', () => {
  it.each([
    [
      'Services: Cut (30 min, 25 EUR), Colour; Beard.\nStaff: Anna, Ben',
      ['Cut', 'Colour', 'Beard'],
      ['Anna', 'Ben'],
    ],
    ['Leistungen:\n* Schnitt – 30 Minuten\n* Farbe\n\nMitarbeiter:\n1. Anna', ['Schnitt', 'Farbe'], ['Anna']],
    ['Services: ["Cut","Colour"]', ['Cut', 'Colour'], []],
    ['Nothing here', [], []],
  ])('%s', (prompt, services, staff) => {
    const facts = readPromptFacts(prompt, now);
    expect(facts.services.map(({ answer }) => answer)).toEqual(services);
    expect(facts.staff.map(({ answer }) => answer)).toEqual(staff);
  });

  it('states the day; without it the clock does', () => {
    expect(readPromptFacts('Open since 2001-01-01. Today is Monday, 2026-03-02.', now).today).toBe(TODAY);
    expect(readPromptFacts('no day', now).today).toBe('2030-01-01');
  });
});

describe('a whole conversation', () => {
  const read = (...lines: string[]) => readWish(system, lines.join('\n'), now);

  it('reads an English call', () => {
    expect(
      read(
        'Agent: Hello, this is Eva at Salon Lumen.',
        'User: Hi, my name is Julia Brandt. Can I book a haircut for women with Anna?',
        'Agent: Tomorrow at 9 am or Friday at 3 pm?',
        'User: Friday at 3 pm please. My mail is julia dot brandt at example dot com.',
      ),
    ).toEqual({
      intent: 'book',
      service: 'womens-cut',
      staff: 'Anna Keller',
      date: '2026-03-06',
      time: '15:00',
      customerName: 'Julia Brandt',
      customerEmail: 'julia.brandt@example.com',
      confidence: 0.95,
      reason: 'The caller wants to book an appointment.',
    });
  });

  it('reads a German call', () => {
    expect(
      read(
        'Agent: Guten Tag, Salon Lumen.',
        'User: Guten Morgen, mein Name ist Max von der Heide, ich möchte einen Termin für Farbe am 3. April um 15 Uhr.',
      ),
    ).toMatchObject({
      intent: 'book',
      service: 'colour',
      date: '2026-04-03',
      time: '15:00',
      customerName: 'Max von der Heide',
    });
  });

  it('goes by what the caller said last', () => {
    const wish = read("User: A men's haircut tomorrow at 9.", 'User: No wait, Thursday at 10.');
    expect(wish).toMatchObject({ intent: 'book', date: '2026-03-05', time: '10:00' });
  });

  it("fills gaps with the agent's words", () => {
    const wish = read("User: I'd like to book colour.", 'Agent: Thursday at 11:00?', 'User: Yes.');
    expect(wish).toMatchObject({ intent: 'book', service: 'colour', date: '2026-03-05', time: '11:00' });
  });

  it.each([
    ['User: I have to cancel my appointment on Thursday.', 'cancel'],
    ['User: Ich muss meinen Termin leider absagen.', 'cancel'],
    ['User: Can we move my appointment to Wednesday at 2 pm?', 'reschedule'],
    ['User: Ich möchte meinen Termin auf Freitag verschieben.', 'reschedule'],
    ['User: What are your opening hours?', 'none'],
    ['User: Sorry, wrong number.', 'none'],
    ['', 'none'],
    ['User: Hm, Thursday maybe.', 'unclear'],
  ])('%s: %s', (transcript, intent) => expect(read(transcript).intent).toBe(intent));

  it('does not choose between services that fit equally, and knows no others', () => {
    expect(read('User: I want to book a haircut tomorrow at 9.')).toMatchObject({
      service: null,
      intent: 'book',
    });
    expect(read('User: I want to book a tattoo tomorrow at 9.').service).toBeNull();
    expect(read('User: book a haircut').confidence).toBeLessThan(0.7);
  });

  it('reads a transcript that came as a JSON string or without speakers', () => {
    const plain = readWish(system, 'I would like to book colour tomorrow at noon', now);
    expect(plain).toMatchObject({ intent: 'book', service: 'colour', date: '2026-03-03', time: '12:00' });
    const quoted = JSON.stringify("Agent: Hello\nUser: I'd like to book colour tomorrow at noon");
    expect(readWish(system, quoted, now)).toMatchObject({ service: 'colour', time: '12:00' });
  });
});
