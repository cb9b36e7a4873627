import { describe, expect, it } from 'vitest';
import { readReplyWord } from '../../../shared/messages/reply-words.ts';

const meant = (text: string) => readReplyWord(text)?.word ?? null;

describe('a word to one of our numbers', () => {
  it.each([
    ...[
      'STOP',
      'stop',
      ' Stop. ',
      '«STOP»',
      'STOP!!!',
      'ＳＴＯＰ',
      'Stop\n',
      'stop all',
      'opt-out',
      'Opt Out',
    ],
    ...['STOP SMS', 'Stopp SMS', 'keine SMS mehr', 'Bitte abmelden', 'Abbestellen', 'please stop'],
    ...['ARRÊT', 'arre\u0302t', 'Arret', 'alto', 'BAJA', 'afmelden', 'iptal', 'İPTAL', 'СТОП'],
  ])('%s ends the messages', (text) => {
    expect(meant(text)).toBe('stop');
  });

  it.each(['START', 'Unstop', 'anmelden', 'start sms'])('%s begins them again', (text) => {
    expect(meant(text)).toBe('start');
  });

  it.each([
    ...['Please do not stop', 'Ist da die Bus-Stop-Haltestelle?', 'I cannot stop by at 3', 'Ende März?'],
    ...['', '👍', 'ok', 'Kann ich stoppen?', 'nonstop'],
  ])('%s says something else', (text) => {
    expect(meant(text)).toBeNull();
  });
});
