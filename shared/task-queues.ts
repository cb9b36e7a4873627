/** One queue per domain; a worker serves one or several. The demo and a small deployment serve all. */
export const taskQueues = {
  phoneDesk: 'phone-desk',
  dailyCalls: 'daily-calls',
  operations: 'operations',
} as const;

export type TaskQueue = (typeof taskQueues)[keyof typeof taskQueues];
