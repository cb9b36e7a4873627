import { proxyActivities } from '@temporalio/workflow';
import type { NotificationActivities } from '../../activities/phone-desk/notification/index.ts';
import type { Channel } from '../../shared/messages/channels.ts';
import type { Message } from '../../shared/messages/send-each-once.ts';
import { effectFirstTry, messageEffect, undoEffect } from '../policies.ts';
import { createMessenger } from './messenger.ts';
import { proxySteps } from './steps.ts';

const first = proxySteps<NotificationActivities>(effectFirstTry);
const patient = proxyActivities<NotificationActivities>(messageEffect);
const undo = proxyActivities<NotificationActivities>(undoEffect);

const steps = {
  email: 'sendMail',
  sms: 'sendSms',
  whatsapp: 'sendWhatsApp',
  push: 'sendPush',
} as const satisfies Record<Channel, keyof NotificationActivities>;

const send = (by: NotificationActivities, { id, channel }: Message) => by[steps[channel]](id);

/** Sends what the phone desk has to say about appointments. */
export const notifications = createMessenger({
  atOnce: (messages) => first.sendAtOnce(messages),
  oneAtOnce: (message) => send(first, message),
  patiently: (message) => send(patient, message),
  giveUp: ({ id }) => undo.giveUpNotification(id),
});
