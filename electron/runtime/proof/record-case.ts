import type { CaseResultRow } from '../../../shared/contract/index.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { iso, isoOrNull } from '../store/time.ts';
import { type CaseResult, warningsOf } from './cases.ts';
import { mediaTypeOf } from './frame-media.ts';
import type { RunLog } from './run-log.ts';

/** Records what became of a case: its frames' bytes first, then the result with its event, so that who hears of it can show it. */
export async function recordCase(run: Run, result: CaseResult, store: Store, runLog: RunLog): Promise<void> {
  const arrived: string[] = [];
  try {
    const frames: CaseResultRow['frames'] = [];
    for (const frame of result.frames) {
      const { sha256, bytes } = await store.blobs.putBytes(frame.bytes);
      arrived.push(sha256);
      frames.push({
        sha256,
        bytes,
        media_type: mediaTypeOf(frame),
        ...(frame.metadata === undefined ? {} : { metadata: frame.metadata }),
        message_ids: frame.message_ids,
        at: iso(frame.atMs),
      });
    }
    const { name, verdict, latency_ms, reasons, expressions, message_id, sentAtMs } = result;
    const row: CaseResultRow = {
      verdict,
      latency_ms,
      reasons,
      expressions,
      message_id,
      sent_at: isoOrNull(sentAtMs),
      frames,
    };
    store.transaction(() => {
      const driven = { name, verdict, warnings: warningsOf(result), latency_ms, result: JSON.stringify(row) };
      store.runs.finishCase(run.id, driven, arrived);
      runLog.append(run, {
        type: 'case',
        name,
        verdict,
        latency_ms,
        ...(reasons.length === 0 ? {} : { reasons }),
      });
    });
  } finally {
    for (const sha256 of arrived) store.blobs.settled(sha256);
  }
}
