/** GSM 03.38: the basic alphabet, and its extension, whose characters take two places. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '^{}\\[~]|€\f';

export interface SmsSize {
  encoding: 'GSM-7' | 'UCS-2';
  /** Places that the text takes in its encoding. */
  length: number;
  /** Parts in which it is transported, and paid. */
  segments: number;
}

/** How a text travels as SMS. One character outside of the GSM alphabet turns the whole text into UCS-2. */
export function smsSize(text: string): SmsSize {
  let places = 0;
  for (const character of text) {
    if (BASIC.includes(character)) places += 1;
    else if (EXTENSION.includes(character)) places += 2;
    else return sized('UCS-2', text.length, 70, 67);
  }
  return sized('GSM-7', places, 160, 153);
}

function sized(encoding: SmsSize['encoding'], length: number, single: number, part: number): SmsSize {
  return { encoding, length, segments: length <= single ? 1 : Math.ceil(length / part) };
}
