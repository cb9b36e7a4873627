import { calendarAccount } from '../db/seed/calendar-account.ts';
import type { SeedCompany } from '../db/seed/companies.ts';

/** Tells the Cal.com emulator who works where; repeating it changes nothing. */
export async function seedCalendar(emulatorsUrl: string, companies: SeedCompany[]): Promise<void> {
  for (const [index, company] of companies.entries()) {
    const response = await fetch(`${emulatorsUrl}/_emulator/seed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ calcom: calendarAccount(company, (index + 1) * 100) }),
    });
    if (!response.ok) throw new Error(`The calendar emulator refused its seed: ${await response.text()}`);
  }
}
