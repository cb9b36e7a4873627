const pattern = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Whether a text is a month as `YYYY-MM`. */
export const isMonth = (text: string): boolean => pattern.test(text);

/** The month `months` after another; a negative number: before it. */
export function addMonths(month: string, months: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + months;
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`;
}

/** The month of a moment, in UTC. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** When a month is over in every zone: at noon UTC of the next one's first day. */
export const overEverywhere = (month: string): Date => new Date(`${addMonths(month, 1)}-01T12:00:00Z`);

/** From where a month begins first to where it ends last. */
export const spanOfAllZones = (month: string): { from: Date; to: Date } => ({
  from: new Date(Date.parse(`${month}-01T00:00:00Z`) - 14 * 3_600_000),
  to: overEverywhere(month),
});
