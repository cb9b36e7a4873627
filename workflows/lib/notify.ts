import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { NotificationActivities } from '../../activities/phone-desk/notification/index.ts';
import { effectFirstTry, messageEffect, undoEffect } from '../policies.ts';
import { createMessenger, type Message } from './messenger.ts';

const first = proxyLocalActivities<NotificationActivities>(effectFirstTry);
const patient = proxyActivities<NotificationActivities>(messageEffect);
const undo = proxyActivities<NotificationActivities>(undoEffect);

const send = (by: NotificationActivities, { id, channel }: Message) =>
  channel === 'email' ? by.sendMail(id) : by.sendSms(id);

/** Sends what the phone desk has to say about appointments. */
export const notifications = createMessenger({
  atOnce: (message) => send(first, message),
  patiently: (message) => send(patient, message),
  giveUp: ({ id }) => undo.giveUpNotification(id),
});
