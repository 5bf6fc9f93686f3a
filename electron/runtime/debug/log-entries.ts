import { createReadStream } from 'node:fs';
import type { ContainerLog, LogStream } from '../deploy/container-log.ts';
import type { ArchiveEntry, Onto } from './archive.ts';
import type { SecretMask } from './secret-mask.ts';

/** Of a longer file, the first and the last half of this. */
export const maxLogBytes = 64 * 2 ** 20;

interface Part {
  name: string;
  from: number;
  to: number;
}

/**
 * What a container wrote by now: byte for byte per stream, both together in the order in which it came, and when each piece came. `onCut` is
 * told what was too long to be whole.
 */
export function logEntries(
  folder: string,
  log: ContainerLog,
  mask: SecretMask,
  onCut: (path: string, bytes: number) => void,
): ArchiveEntry[] {
  // The index first: it names every byte up to here, and what comes later is in none of the files.
  const until = log.indexBytes;
  const sizes = { stdout: log.size('stdout'), stderr: log.size('stderr') };
  const streams = ['stdout', 'stderr'] as const;
  const own = streams.flatMap(stream =>
    partsOf(`${folder}/${stream}`, 'log', sizes[stream], onCut).map(({ name, from, to }) => ({
      path: name,
      masked: true,
      read: (onMasked: Onto) => maskedRange(log.path(stream), { from, to, size: sizes[stream] }, mask, onMasked),
    })),
  );
  const index = partsOf(`${folder}/index`, 'ndjson', until, onCut).map(({ name, from, to }) => ({
    path: name,
    masked: true,
    read: () => rangeOf(log.indexPath, from, to),
  }));
  if (sizes.stdout + sizes.stderr > maxLogBytes) return [...own, ...index];
  const both: ArchiveEntry = {
    path: `${folder}/both.log`,
    masked: true,
    read: onMasked =>
      inOrder(log, until, stream => ({
        path: log.path(stream),
        size: sizes[stream],
        mask,
        onMasked,
      })),
  };
  return [both, ...own, ...index];
}

function partsOf(name: string, ending: string, size: number, onCut: (path: string, bytes: number) => void): Part[] {
  if (size <= maxLogBytes) return [{ name: `${name}.${ending}`, from: 0, to: size }];
  onCut(`${name}.${ending}`, size);
  return [
    { name: `${name}.first.${ending}`, from: 0, to: maxLogBytes / 2 },
    { name: `${name}.last.${ending}`, from: size - maxLogBytes / 2, to: size },
  ];
}

/** A secret that lies across an edge of the range is masked, too. */
async function* maskedRange(
  path: string,
  { from, to, size }: { from: number; to: number; size: number },
  mask: SecretMask,
  onMasked: Onto,
): AsyncGenerator<Buffer> {
  const begin = Math.max(0, from - mask.reach);
  let at = begin;
  for await (const bytes of mask.mask(rangeOf(path, begin, Math.min(size, to + mask.reach)), onMasked)) {
    const wanted = bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
    at += bytes.length;
    if (wanted.length > 0) yield wanted;
  }
}

async function* rangeOf(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  if (from < to) yield* createReadStream(path, { start: from, end: to - 1 });
}

interface MaskedFile {
  path: string;
  size: number;
  mask: SecretMask;
  onMasked: Onto;
}

/** Masked stream by stream, for a secret may have come in pieces with the other stream between them. */
async function* inOrder(
  log: ContainerLog,
  until: number,
  fileOf: (stream: LogStream) => MaskedFile,
): AsyncGenerator<Buffer> {
  const files = { stdout: new ByteSource(fileOf('stdout')), stderr: new ByteSource(fileOf('stderr')) };
  try {
    for await (const { stream, bytes } of log.read({ until })) yield* files[stream].take(bytes.length);
  } finally {
    await Promise.all([files.stdout.close(), files.stderr.close()]);
  }
}

/** A masked file, read by so many bytes at a time. */
class ByteSource {
  readonly #source: AsyncGenerator<Buffer>;
  #left: Buffer = Buffer.alloc(0);

  constructor({ path, size, mask, onMasked }: MaskedFile) {
    this.#source = mask.mask(rangeOf(path, 0, size), onMasked);
  }

  async *take(length: number): AsyncGenerator<Buffer> {
    for (let missing = length; missing > 0; ) {
      if (this.#left.length === 0) {
        const next = await this.#source.next();
        if (next.done === true) return;
        this.#left = next.value;
      }
      const piece = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.#source.return(undefined);
  }
}
