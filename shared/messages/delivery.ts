/** What a provider reports of a message that it took, in the order in which it happens. */
export const deliveries = ['queued', 'sent', 'delayed', 'delivered', 'read', 'failed'] as const;
export type Delivery = (typeof deliveries)[number];

/**
 * Whether a report says something new: reports come late, twice and in any order, so a message never goes back. A
 * failure is final, and so is what has arrived: a failure told after it is about a copy.
 */
export function isNews(known: Delivery | null, reported: Delivery): boolean {
  if (known === null) return true;
  if (known === 'failed' || known === 'read') return false;
  if (known === 'delivered') return reported === 'read';
  return deliveries.indexOf(reported) > deliveries.indexOf(known);
}
