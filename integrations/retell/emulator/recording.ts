import type { PhoneCall } from './script.ts';

const RATE = 8_000;
const TONE_HZ = 440;
/** A sound to listen to; the length of the call is in its data. */
const MAX_SECONDS = 3;

/** Where the emulator serves the recording of a call. */
export const recordingUrl = (base: string, callId: string) => `${base}/recordings/${callId}/recording.wav`;

/** A recording of a call: a tone, with what was said as the comment of the file (RIFF `ICMT`). */
export function recordingOf({ duration_ms = 0, transcript = '' }: PhoneCall): Uint8Array<ArrayBuffer> {
  const samples = Math.round(RATE * Math.min(MAX_SECONDS, duration_ms / 1000));
  const sound = Buffer.alloc(samples);
  for (let at = 0; at < samples; at += 1) {
    sound[at] = 128 + Math.round(60 * Math.sin((2 * Math.PI * TONE_HZ * at) / RATE));
  }
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(RATE, 4);
  format.writeUInt32LE(RATE, 8);
  format.writeUInt16LE(1, 12);
  format.writeUInt16LE(8, 14);
  const comment = chunk(
    'LIST',
    Buffer.concat([Buffer.from('INFO'), chunk('ICMT', Buffer.from(`${transcript}\0`))]),
  );
  const body = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), comment, chunk('data', sound)]);
  return new Uint8Array(chunk('RIFF', body));
}

/** Chunks begin at even places. */
function chunk(id: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(id), size, data, Buffer.alloc(data.length % 2)]);
}
