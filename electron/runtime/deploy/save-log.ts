import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type SaveWork, saveFile } from '../base/save-file.ts';
import type { ContainerLog, LogStream } from './container-log.ts';

/** Writes what was captured so far to a file of the user: one stream, or both in the order in which they came. */
export async function saveLog(
  log: ContainerLog,
  request: { to: string; stream?: LogStream | undefined; overwrite?: boolean | undefined; name: string },
  work: SaveWork,
): Promise<{ path: string; bytes: number }> {
  const { to, stream, overwrite, name } = request;
  const total = stream === undefined ? log.size('stdout') + log.size('stderr') : log.size(stream);
  return saveFile(
    {
      source: stream === undefined ? Readable.from(bothOf(log, work.signal)) : one(log, stream, total),
      total,
      to,
      name: `${name}.log`,
      overwrite: overwrite === true,
      what: 'the log',
    },
    work,
  );
}

function one(log: ContainerLog, stream: LogStream, bytes: number): Readable {
  return bytes === 0 ? Readable.from([]) : createReadStream(log.path(stream), { end: bytes - 1 });
}

async function* bothOf(log: ContainerLog, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of log.read({ signal })) yield chunk.bytes;
}
