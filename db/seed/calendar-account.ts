import type { Hours, SeedCompany } from './companies.ts';

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const scheduleOf = (hours: Hours, timeZone: string) => ({
  timeZone,
  availability: hours.map(([weekdays, startTime, endTime]) => ({
    days: weekdays.map((weekday) => dayNames[weekday - 1]),
    startTime,
    endTime,
  })),
});

/**
 * The same companies as their calendars know them: what the Cal.com emulator is seeded with. User ids and
 * event types are unique over the companies; `firstUserId` starts each company's own range.
 */
export function calendarAccount(company: SeedCompany, firstUserId: number) {
  const users = company.staff.map((person, index) => ({
    id: firstUserId + index,
    name: person.name,
    email: person.email,
    username: person.email.split('@')[0],
    timeZone: company.timeZone,
    organizationId: firstUserId,
    schedule: scheduleOf(person.hours, company.timeZone),
  }));
  const userId = (email: string) => users.find((user) => user.email === email)!.id;
  const eventTypes = company.services.flatMap((service) =>
    Object.entries(service.offeredBy).map(([email, id]) => ({
      id,
      slug: `${service.slug}-${email.split('@')[0]}`,
      title: service.name,
      lengthInMinutes: service.durationMin,
      slotInterval: 15,
      ownerId: userId(email),
      afterEventBuffer: service.bufferAfterMin,
    })),
  );
  const team = {
    ...{ id: firstUserId, slug: company.slug, name: company.name },
    members: users.map(({ id }, index) => ({ userId: id, role: index === 0 ? 'OWNER' : 'MEMBER' })),
  };
  const apiKeys = [{ key: company.calcomKey, userId: firstUserId, organizationId: firstUserId }];
  return { users, eventTypes, teams: [team], apiKeys };
}
