import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ContainerLog, LogChunk, LogStream } from './container-log.ts';

export interface WantedLog {
  follow?: boolean | undefined;
  stream?: LogStream | undefined;
  /** RFC 3339, or a Go duration back from now. */
  since?: string | undefined;
  /** The last so many lines of what the others leave. */
  tail?: number | undefined;
}

/** A container's output as it was asked for, in arrival order. Throws AppError `usage` when `since` is no time. */
export async function* logChunks(log: ContainerLog, wanted: WantedLog, signal: AbortSignal): AsyncGenerator<LogChunk> {
  const sinceMs = wanted.since === undefined ? 0 : sinceOf(wanted.since);
  const fits = (chunk: LogChunk) =>
    chunk.atMs >= sinceMs && (wanted.stream === undefined || chunk.stream === wanted.stream);
  if (wanted.tail === undefined) {
    for await (const chunk of log.read({ follow: wanted.follow, signal })) if (fits(chunk)) yield chunk;
    return;
  }
  // Counted first and cut then: the last lines of a long log are few, and what comes before them is not kept in memory.
  const until = log.indexBytes;
  let lines = 0;
  let open = false;
  for await (const chunk of log.read({ until })) {
    if (!fits(chunk)) continue;
    lines += newlinesIn(chunk.bytes);
    open = chunk.bytes.at(-1) !== 0x0a;
  }
  let drop = Math.max(0, lines + (open ? 1 : 0) - wanted.tail);
  if (wanted.tail > 0 || wanted.follow === true) {
    for await (const chunk of log.read(wanted.follow === true ? { follow: true, signal } : { until })) {
      if (!fits(chunk)) continue;
      const rest = drop === 0 ? chunk.bytes : withoutLines(chunk.bytes, drop);
      drop -= Math.min(drop, newlinesIn(chunk.bytes));
      if (rest.length > 0) yield { ...chunk, bytes: rest };
    }
  }
}

function sinceOf(text: string): number {
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Date.now() - parseDuration(text);
  if (Number.isNaN(at)) {
    throw new AppError('usage', `"${text}" is no time.`, { hint: 'Give one like 2026-11-21T10:00:00Z, or 10m.' });
  }
  return at;
}

function newlinesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

/** What follows the first `count` line ends; nothing when there are not as many. */
function withoutLines(bytes: Buffer, count: number): Buffer {
  let at = -1;
  for (let dropped = 0; dropped < count; dropped++) {
    at = bytes.indexOf(0x0a, at + 1);
    if (at < 0) return bytes.subarray(bytes.length);
  }
  return bytes.subarray(at + 1);
}
