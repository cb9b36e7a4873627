/** Every call with a company's key counts against the same limit of calls per minute, whatever it asks. */
export const calcomQuota = (companyId: string, { apiCallsPerMinute }: { apiCallsPerMinute: number }) => ({
  key: `calcom:${companyId}`,
  permits: apiCallsPerMinute,
  windowMs: 60_000,
});
