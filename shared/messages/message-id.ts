const MESSAGE_ID =
  /<?notification-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@switchboard\.example>?/i;

/** The Message-ID of a notification's mail: the same for every attempt. */
export const notificationMessageId = (notificationId: string): string =>
  `<notification-${notificationId}@switchboard.example>`;

/** The notification that a Message-ID is of; null: it is not one of ours. */
export const notificationOfMessageId = (text: string): string | null =>
  MESSAGE_ID.exec(text)?.[1]?.toLowerCase() ?? null;
