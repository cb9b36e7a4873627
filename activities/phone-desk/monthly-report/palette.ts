export const ink = '#16202e';
export const muted = '#5b6675';
export const line = '#d5dbe3';
export const panel = '#f3f6f9';
/** Calls; light enough to stand behind the bookings. */
export const callsColour = '#b9c8dc';
export const bookingsColour = '#1f5fa8';
export const better = '#1b7f4b';
export const worse = '#b3402e';
