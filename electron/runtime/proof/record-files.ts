import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { RunEvent } from '../../../shared/events.ts';
import type { ContainerLog, LogStream } from '../deploy/container-log.ts';
import type { DataFile } from '../evidence/bundle.ts';
import type { EvidenceRecord } from '../evidence/record.ts';
import type { StoredFile } from '../store/files.ts';
import type { CaseResult } from './cases.ts';
import type { Frame } from './driver.ts';
import { endingOf } from './frame-media.ts';

/** A name as part of a path inside a bundle. */
export function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '_') || '_';
}

/** The frames of a case with the path each has in a bundle. */
export function framesOf(result: CaseResult): { path: string; frame: Frame; sha256: string }[] {
  return result.frames.map((frame, index) => ({
    path: `outputs/${safeName(result.name)}/${index}.${endingOf(frame)}`,
    frame,
    sha256: createHash('sha256').update(frame.bytes).digest('hex'),
  }));
}

/** The files of a case's frames: the bytes of each and, where it came with metadata, that beside it. */
export function outputFiles(result: CaseResult): DataFile[] {
  return framesOf(result).flatMap(({ path, frame }, index) => [
    { path, source: frame.bytes },
    ...(frame.metadata === undefined
      ? []
      : [
          {
            path: `outputs/${safeName(result.name)}/${index}.json`,
            source: Buffer.from(`${JSON.stringify(frame.metadata, null, 2)}\n`),
          },
        ]),
  ]);
}

/** What the report shows of a frame as text; undefined for bytes that say nothing of themselves. */
export function textOf(frame: Frame): string | undefined {
  if (!frame.isBinary) return frame.bytes.toString('utf8');
  return frame.metadata === undefined ? undefined : JSON.stringify(frame.metadata);
}

export function fixtureName(name: string, file: StoredFile): string {
  const ending = {
    'image/jpeg': '.jpg',
    'image/png': '.png',
    'image/webp': '.webp',
    'application/json': '.json',
    'audio/wav': '.wav',
  }[file.media_type];
  return extname(name) !== '' || ending === undefined ? safeName(name) : safeName(`${name}${ending}`);
}

export function logPath(alias: string, stream: LogStream): string {
  return `logs/${safeName(alias)}/${stream}.log`;
}

export function logFacts(
  alias: string,
  log: ContainerLog,
  stream: LogStream,
): { path: string; sha256: string; bytes: number } {
  const bytes = existsSync(log.path(stream)) ? readFileSync(log.path(stream)) : Buffer.alloc(0);
  return {
    path: logPath(alias, stream),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
  };
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '');
}

/** An event as it may be given away: endpoint URLs and tokens are credentials, and where something lies on this machine is its user's. */
export function withoutCredentials(event: RunEvent): RunEvent {
  if (event.type === 'failed') {
    const { debug_bundle: _, ...rest } = event;
    return rest;
  }
  if (event.type !== 'ready') return event;
  return { ...event, endpoints: event.endpoints.map(endpoint => ({ ...endpoint, token: '', url: '' })) };
}

/** Every version and fixture by digest and platform. */
export function lockOf(record: EvidenceRecord) {
  return {
    versions: record.unit_under_test.versions.map(({ alias, version_id, image_digest, source_sha256 }) => ({
      alias,
      version_id,
      image_digest,
      source_sha256,
      platform: `linux/${record.unit_under_test.runtime.engine?.architecture === 'arm64' ? 'arm64' : 'amd64'}`,
    })),
    fixtures: record.input.fixtures.map(({ name, sha256, bytes, media_type }) => ({ name, sha256, bytes, media_type })),
  };
}
