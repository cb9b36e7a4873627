/** The line of daily calls: places at once over all companies. */
export const callLine = 'daily-calls';

/** The schedule that starts the days' runs. */
export const callSweepScheduleId = 'call-sweep';
