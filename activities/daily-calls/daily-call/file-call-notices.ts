import {
  fileNotices,
  type NoticeAddressee,
  type NoticeRef,
  readNoticeAddressee,
} from '../../../db/daily-calls/notices.ts';
import type { Deps } from '../../../platform/deps.ts';
import { parsePhone } from '../../../shared/phone.ts';

/**
 * Files what the person is told about a conversation, on the channels of their choice; returns what is to be sent.
 * A channel that cannot or may not be used is filed as skipped, with its reason.
 */
export async function fileCallNotices({ db, vault }: Deps, attemptId: string): Promise<NoticeRef[]> {
  const addressee = await readNoticeAddressee(db, vault, attemptId);
  if (!addressee) return [];
  const planned = [...new Set(addressee.channels)].map((channel) => ({
    channel,
    skipReason:
      reasonAgainst(addressee) ?? (channel === 'email' ? againstMail(addressee) : againstSms(addressee)),
  }));
  return fileNotices(db, attemptId, planned);
}

function reasonAgainst({ deleted, nothingSaid }: NoticeAddressee): string | null {
  if (deleted) return 'deleted';
  return nothingSaid ? 'nothing-said' : null;
}

const againstMail = ({ email }: NoticeAddressee) => (email ? null : 'no-address');

function againstSms({ phone, smsEnabled, wantsNoSms }: NoticeAddressee): string | null {
  if (!smsEnabled) return 'not-enabled';
  if (!phone) return 'no-number';
  if (wantsNoSms) return 'opted-out';
  // E.164 needs no country.
  return parsePhone(phone, 'US')?.mobile ? null : 'no-mobile-number';
}
