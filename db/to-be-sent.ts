interface MessageRow<Channel extends string> {
  id: string;
  channel: Channel;
  status: 'pending' | 'sent' | 'skipped' | 'failed' | 'unknown';
}

/** The filed messages that are still to be sent, or of which nobody knows; always in one order, as workflows need it. */
export const toBeSent = <Channel extends string>(rows: MessageRow<Channel>[]) =>
  rows
    .filter(({ status }) => status === 'pending' || status === 'unknown')
    .map(({ id, channel }) => ({ id, channel }))
    .sort((a, b) => a.channel.localeCompare(b.channel));
