import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { statementOf } from '../../../../electron/runtime/evidence/attestation.ts';
import { type DataFile, writeBundle } from '../../../../electron/runtime/evidence/bundle.ts';
import type { SigningKey } from '../../../../electron/runtime/evidence/keys.ts';
import { type EvidenceRecord, evidenceRecord } from '../../../../electron/runtime/evidence/record.ts';

export const evidenceId = 'evd_01k0000000000000000000000a';
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

export function record(): EvidenceRecord {
  const version = { version_id: 'ver_1', image_digest: `sha256:${digest('image')}`, source_sha256: digest('source') };
  const log = { path: 'logs/cut/stdout.log', sha256: digest(''), bytes: 0 };
  return evidenceRecord.parse({
    schema: 'https://proofbench.dev/evidence/v1',
    evidence_id: evidenceId,
    created_at: '2026-01-02T03:04:05.000Z',
    supersedes: null,
    proofbench: { version: '0.1.0' },
    unit_under_test: {
      component: { name: 'pets', ...version },
      versions: [{ alias: 'cut', component: 'pets', ...version }],
      backend: {
        backend_id: 'bck_1',
        operations: { from: 1, to: 5 },
        head_hash: digest('head'),
        graph_hash: digest('graph'),
      },
      runtime: {
        runtime_id: 'rt_1',
        engine: { version: '28', os: 'linux', architecture: 'amd64' },
        host: { node: 'v24', platform: 'linux', architecture: 'x64', cpus: 8, memory_bytes: 1 },
      },
    },
    input: { fixtures: [] },
    expected: {
      cases: [{ name: 'a dog', fixture: 'dog', meaning: 'There is a dog.', frames: 1, that: [], logs: [] }],
    },
    observed: { cases: [{ name: 'a dog', message_id: null, frames: [] }] },
    runtime_signal: {
      containers: [
        {
          alias: 'cut',
          container_id: 'ctr_1',
          status: 'exited',
          exit_code: 0,
          oom_killed: false,
          restarts: 0,
          stdout: log,
          stderr: { ...log, lines: 0 },
        },
      ],
      latency_ms: { first: 12, rest: [], by_case: { 'a dog': 12 } },
      receipt: null,
    },
    conclusion: {
      verdict: 'pass',
      cases: [{ name: 'a dog', verdict: 'pass', reasons: [], expressions: [] }],
      failure: null,
      risks: [],
    },
  });
}

export function write(to: string, key: SigningKey, more: readonly DataFile[] = []) {
  const evidence = record();
  return writeBundle(
    {
      evidenceId,
      key,
      to,
      statement: digests => statementOf(evidence, digests),
      data: [
        { path: 'manifest.yml', source: Buffer.from('graph: {}\n') },
        { path: 'evidence.json', source: Buffer.from(JSON.stringify(evidence)) },
        { path: 'graph.json', source: Buffer.from('{}') },
        { path: 'logs/cut/stdout.log', source: Buffer.from('') },
        ...more,
      ],
    },
    { signal: new AbortController().signal },
  );
}

export interface RawEntry {
  name: string;
  bytes: Buffer;
  /** Unix mode; a plain file's unless given. */
  mode?: number;
  method?: number;
  flags?: number;
}

/** A zip by its bytes, so that it can be one that no library would write. */
export function zipOf(
  entries: readonly RawEntry[],
  /** All entries at the first one's bytes; a count that the zip64 end claims. */
  lies: { overlap?: boolean; count?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, mode = 0o100644, method = 0, flags = 0x0800 } of entries) {
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, bytes]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(lies.overlap ? 0 : offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, path]));
    if (lies.overlap && parts.length > 0) continue;
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  if (lies.count === undefined) return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]);
  const end64 = Buffer.alloc(52);
  end64.writeBigUInt64LE(44n, 0);
  end64.writeBigUInt64LE(BigInt(lies.count), 20);
  end64.writeBigUInt64LE(BigInt(lies.count), 28);
  end64.writeBigUInt64LE(BigInt(central.length), 36);
  end64.writeBigUInt64LE(BigInt(offset), 44);
  const locator = Buffer.alloc(16);
  locator.writeBigUInt64LE(BigInt(offset + central.length), 4);
  locator.writeUInt32LE(1, 12);
  end.fill(0xff, 4, 16);
  const [at64, atLocator, atEnd] = ['PK\x06\x06', 'PK\x06\x07', 'PK\x05\x06'].map(text => Buffer.from(text)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  return Buffer.concat([...parts, central, at64, end64, atLocator, locator, atEnd, end]);
}
