import { expect } from 'vitest';

/** A booking as the emulator takes it, whatever the vendor's rules say. */
export interface RawBooking {
  uid: string;
  eventTypeId: number;
  hostIds: number[];
  start: string;
  end: string;
  status?: string;
  metadata?: Record<string, string>;
  updatedAt?: string;
  rescheduledFromUid?: string;
  rescheduledToUid?: string;
  attendee?: {
    name: string;
    email: string;
    timeZone: string;
    language?: string;
    phoneNumber?: string;
    absent?: boolean;
  };
}

/** The calendar of a company, used as its own people use it. */
export interface TestCalendar {
  ask(method: string, path: string, body?: object): Promise<{ uid: string }>;
  /** Sets a booking in place of any before; no webhook tells of it. */
  put(booking: RawBooking): Promise<void>;
  /** It was never there. */
  remove(uid: string): Promise<void>;
}

export function openCalendar(emulatorsUrl: string, key = 'cal_live_lindgruen'): TestCalendar {
  const control = `${emulatorsUrl}/calcom/_emulator/bookings`;
  const versionOf = (path: string) => (path.startsWith('/v2/bookings') ? '2026-02-25' : '2024-06-14');
  return {
    async ask(method, path, body) {
      const response = await fetch(`${emulatorsUrl}/calcom${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          'cal-api-version': versionOf(path),
          'content-type': 'application/json',
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const answered = (await response.json()) as { data: { uid: string } };
      expect(response.ok, JSON.stringify(answered)).toBe(true);
      return answered.data;
    },
    async put(booking) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(control, { method: 'PUT', headers, body: JSON.stringify(booking) });
      expect(response.status, await response.text()).toBe(200);
    },
    async remove(uid) {
      expect((await fetch(`${control}/${uid}`, { method: 'DELETE' })).status).toBe(204);
    },
  };
}
