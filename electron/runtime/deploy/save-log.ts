import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type SaveWork, saveFile } from '../base/save-file.ts';
import type { ContainerLog, LogStream } from './container-log.ts';

/** Writes what was captured by now to a file of the user, and nothing that comes later: one stream, or both in order. */
export async function saveLog(
  log: ContainerLog,
  request: { to: string; stream?: LogStream | undefined; overwrite?: boolean | undefined; name: string },
  work: SaveWork,
): Promise<{ path: string; bytes: number }> {
  const { to, stream, overwrite, name } = request;
  const total = stream === undefined ? log.size('stdout') + log.size('stderr') : log.size(stream);
  const until = log.indexBytes;
  return saveFile(
    {
      source: () => (stream === undefined ? Readable.from(bothOf(log, until)) : one(log, stream, total)),
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

async function* bothOf(log: ContainerLog, until: number): AsyncGenerator<Buffer> {
  for await (const chunk of log.read({ until })) yield chunk.bytes;
}
