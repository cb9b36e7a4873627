import { pipeline, Transform, type TransformCallback } from 'node:stream';
import { Context } from '@temporalio/activity';
import {
  noteNoRecording,
  noteRecordingKept,
  readCallToRefresh,
  retentionOf,
} from '../../../db/phone-desk/call/call-refresh.ts';
import type { RecordingStatus } from '../../../db/tables/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isFailure } from '../../../shared/failures.ts';
import { recordingKey } from '../../../shared/file-keys.ts';

const DAY_MS = 86_400_000;
const HEARTBEAT_MS = 2_000;

/** Tells that it goes on, and stops at the limit. */
class Meter extends Transform {
  #bytes = 0;
  #toldAtMs = 0;
  readonly #limit: number;
  tooLarge = false;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) {
      this.tooLarge = true;
      done(new Error(`the recording is larger than ${this.#limit} bytes`));
      return;
    }
    const now = Date.now();
    if (now - this.#toldAtMs > HEARTBEAT_MS) {
      this.#toldAtMs = now;
      Context.current().heartbeat();
    }
    done(null, chunk);
  }
}

/**
 * Copies the recording of a call into the object store, once: a repeat after a crash writes the same file. Throws the
 * retryable failures of the vendor; what will never come is noted.
 */
export async function keepRecording(deps: Deps, callId: string): Promise<RecordingStatus> {
  const call = await readCallToRefresh(deps.db, deps.vault, callId);
  if (!call?.person_id || call.erased_at) return 'none';
  if (call.recording_key) return 'kept';
  if (call.recording_status === 'deleted' || isPastRetention(deps, call)) return 'deleted';
  const { recordingUrl, person_id: personId, company_id: companyId } = call;
  const without = async (status: Exclude<RecordingStatus, 'kept' | 'deleted'>) => {
    await noteNoRecording(deps.db, callId, status);
    return status;
  };
  if (!recordingUrl) return without('none');

  const { cancellationSignal } = Context.current();
  const meter = new Meter(deps.env.RECORDING_MAX_BYTES);
  try {
    const { contents, contentType } = await deps.reads.read({
      vendor: 'retell',
      operation: 'recordings.get',
      companyId,
      entity: callId,
      classify: deps.retellFailure,
      ask: () => deps.retell.openRecording(recordingUrl, cancellationSignal),
    });
    const key = recordingKey(companyId, personId, callId);
    // What breaks on the way reaches whoever reads the meter to its end.
    pipeline(contents, meter, () => undefined);
    const bytes = await deps.files.put(key, meter, contentType);
    if (await noteRecordingKept(deps.db, callId, personId, { key, contentType, bytes })) return 'kept';
    await deps.files.delete(key);
    return 'none';
  } catch (error) {
    if (meter.tooLarge) return without('too-large');
    if (isFailure(error, 'VendorRejected')) return without('gone');
    throw error;
  }
}

function isPastRetention(
  deps: Deps,
  call: NonNullable<Awaited<ReturnType<typeof readCallToRefresh>>>,
): boolean {
  const { recordingsDays } = retentionOf(call.retention, deps.env);
  const ageMs = deps.clock().getTime() - call.created_at.getTime();
  return recordingsDays !== null && ageMs > recordingsDays * DAY_MS;
}
