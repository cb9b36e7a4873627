import type { Channel, NotificationKind } from '../channels.ts';

export interface TemplateKey {
  kind: NotificationKind;
  channel: Channel;
  /** ISO 639. */
  language: string;
}

/** How alerts and the audit log name a text of a company. */
export const templateEntity = ({ kind, channel, language }: TemplateKey): string =>
  `${kind}/${channel}/${language}`;
