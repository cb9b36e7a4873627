/** The short reference in the text of an SMS by which a message whose answer got lost is found again. */
export const smsReference = (messageId: string) => messageId.replaceAll('-', '').slice(0, 12);
