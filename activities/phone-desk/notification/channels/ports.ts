import type { Channel } from '../../../../shared/messages/channels.ts';
import type { ChannelPort } from './channel.ts';
import { email } from './email.ts';
import { push } from './push.ts';
import { sms } from './sms.ts';
import { whatsapp } from './whatsapp.ts';

/** Every channel behind one interface; a channel without a port does not compile. */
export const channelPorts: Record<Channel, ChannelPort> = { email, sms, whatsapp, push };
