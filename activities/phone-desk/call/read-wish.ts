import { readCallForWish, saveWish } from '../../../db/phone-desk/call/call-wish.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { interpretWish, type WishedWords, type WishReading } from './interpret-wish.ts';

/** `needs-model`: the structured analysis says too little, but there is a conversation to read. */
export type FirstReading = WishReading | { kind: 'needs-model' };

/** Reads the wish from the provider's structured analysis (`custom_analysis_data`). */
export async function readWish(deps: Deps, callId: string): Promise<FirstReading> {
  const call = await readCallForWish(deps.db, deps.vault, callId);
  if (!call) throw failure('NotFound', `call ${callId} does not exist`);
  const words = call.analysis ? structuredWords(call.analysis) : null;
  const readable = call.transcript !== null && call.transcript.trim() !== '';
  if (!words) return readable ? { kind: 'needs-model' } : { kind: 'none' };
  await saveWish(deps.db, callId, call.seal(JSON.stringify(words)));
  const reading = interpretWish(words, call);
  return reading.kind === 'unclear' && readable ? { kind: 'needs-model' } : reading;
}

const intents = ['book', 'reschedule', 'cancel', 'none'] as const;

/** Null: the agent was not set up to extract a wish, or extracted nothing of use. */
function structuredWords(analysis: string): WishedWords | null {
  const { custom_analysis_data: data, in_voicemail } = JSON.parse(analysis) as {
    custom_analysis_data?: Record<string, unknown> | null;
    in_voicemail?: boolean | null;
  };
  const text = (field: string) => {
    const value = data?.[field];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  if (in_voicemail === true) return { intent: 'none', service: null, staff: null, date: null, time: null };
  if (!data) return null;
  const said = intents.find((intent) => intent === text('intent'));
  const intent =
    said ?? (data.booking_requested === true ? 'book' : data.booking_requested === false ? 'none' : null);
  if (!intent) return null;
  return { intent, service: text('service'), staff: text('staff'), date: text('date'), time: text('time') };
}
