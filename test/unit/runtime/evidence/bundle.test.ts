import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Entry, open, type ZipFile } from 'yauzl';
import { type Envelope, signStatement } from '../../../../electron/runtime/evidence/attestation.ts';
import { writeBundle } from '../../../../electron/runtime/evidence/bundle.ts';
import { loadOrMakeKey, type SigningKey } from '../../../../electron/runtime/evidence/keys.ts';
import { verifyBundle } from '../../../../electron/runtime/evidence/verify.ts';
import { evidenceId, type RawEntry, record, write, zipOf } from './bundles.ts';

let home: string;
let bundle: string;
let key: SigningKey;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-evidence-'));
  bundle = join(home, 'a.proof');
  key = loadOrMakeKey(home);
  await write(bundle, key);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Entries by their path below the evidence's id. */
async function entriesOf(path: string): Promise<Map<string, Buffer>> {
  const zip = await promisify<string, object, ZipFile>(open as never)(path, { lazyEntries: false, autoClose: false });
  const entries: Entry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => entries.push(entry));
    zip.on('end', resolve);
    zip.on('error', reject);
  });
  const found = new Map<string, Buffer>();
  for (const entry of entries) {
    const stream = await promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip) as never)(entry);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    found.set(entry.fileName.replace(`${evidenceId}/`, ''), Buffer.concat(parts));
  }
  zip.close();
  return found;
}

/** The bundle written anew after `change`, as someone else's program would. */
async function rewritten(change: (entries: Map<string, Buffer>) => void, more: RawEntry[] = []): Promise<string> {
  const entries = await entriesOf(bundle);
  change(entries);
  return crafted([...[...entries].map(([path, bytes]) => ({ name: `${evidenceId}/${path}`, bytes })), ...more]);
}

function crafted(entries: RawEntry[]): string {
  const path = join(home, 'crafted.proof');
  writeFileSync(path, zipOf(entries));
  return path;
}

/** Manifest and tag manifest made to fit what the entries are. */
function remanifest(entries: Map<string, Buffer>): void {
  const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const lines = (names: string[]) =>
    Buffer.from(names.map(name => `${sha(entries.get(name) as Buffer)}  ${name}\n`).join(''));
  entries.set('manifest-sha256.txt', lines([...entries.keys()].filter(name => name.startsWith('data/'))));
  entries.set('tagmanifest-sha256.txt', lines(['bagit.txt', 'manifest-sha256.txt']));
}

function statementIn(envelope: Buffer) {
  const { payload } = JSON.parse(envelope.toString()) as Envelope;
  return JSON.parse(Buffer.from(payload, 'base64').toString()) as Parameters<typeof signStatement>[0];
}

function unpack(entries: Map<string, Buffer>): string {
  const folder = mkdtempSync(join(home, 'bag-'));
  for (const [path, bytes] of entries) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

describe('a bundle', () => {
  it('verifies as it was written', async () => {
    expect(await verifyBundle(bundle)).toEqual({
      ok: true,
      evidence_id: evidenceId,
      verdict: 'pass',
      files: 9,
      problems: [],
      signatures: [expect.objectContaining({ keyid: key.keyid, valid: true })],
    });
    expect(await verifyBundle(await rewritten(() => undefined))).toMatchObject({ ok: true });
  });

  it('has files in it as they lie on disk, large ones too', async () => {
    const source = join(home, 'large.bin');
    writeFileSync(source, Buffer.alloc(3_000_000, 'proof'));
    const written = await write(bundle, key, [{ path: 'inputs/large.bin', source }]);
    expect(await verifyBundle(bundle)).toMatchObject({ ok: true, files: 10 });
    expect((await entriesOf(bundle)).get('data/inputs/large.bin')?.equals(readFileSync(source))).toBe(true);
    expect(written).toEqual({
      sha256: createHash('sha256').update(readFileSync(bundle)).digest('hex'),
      bytes: statSync(bundle).size,
    });
  });

  it('is the same to the byte when it is written again, in whatever time zone', async () => {
    const first = readFileSync(bundle);
    await write(bundle, key);
    expect(readFileSync(bundle).equals(first)).toBe(true);
    const elsewhere = join(home, 'elsewhere.proof');
    const script = `
      const { write } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'bundles.ts')).href)});
      const { loadOrMakeKey } = await import(${JSON.stringify(
        pathToFileURL(join(import.meta.dirname, '../../../../electron/runtime/evidence/keys.ts')).href,
      )});
      await write(${JSON.stringify(elsewhere)}, loadOrMakeKey(${JSON.stringify(home)}));
      process.stdout.write(String(new Date(0).getHours()));`;
    for (const [zone, hour] of [
      ['Asia/Tokyo', '9'],
      ['America/New_York', '19'],
    ] as const) {
      const options = { env: { ...process.env, TZ: zone }, encoding: 'utf8' } as const;
      expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], options)).toBe(hour);
      expect(readFileSync(elsewhere).equals(first), zone).toBe(true);
    }
  });

  it('is written whole or not at all', async () => {
    const before = readFileSync(bundle);
    await expect(write(bundle, key, [{ path: 'gone', source: join(home, 'gone') }])).rejects.toThrow('ENOENT');
    await expect(write(bundle, key, [{ path: 'graph.json', source: Buffer.from('') }])).rejects.toThrow('graph.json');
    expect(readFileSync(bundle).equals(before)).toBe(true);
    expect(readdirSync(home).filter(name => name.endsWith('.part'))).toEqual([]);
  });

  it('is not written when a file changes its size meanwhile, or the work is cancelled', async () => {
    const before = readFileSync(bundle);
    const source = join(home, 'z.bin');
    const attempt = (signal: AbortSignal, meanwhile: () => void) => {
      writeFileSync(source, Buffer.alloc(5_000_000));
      return writeBundle(
        {
          evidenceId,
          key,
          to: bundle,
          statement: ({ tagManifest: sha256 }) => ({
            _type: 'https://in-toto.io/Statement/v1',
            subject: [{ name: 'tagmanifest-sha256.txt', digest: { sha256 } }],
            predicateType: 'none',
            predicate: {},
          }),
          data: [{ path: 'z.bin', source }],
        },
        { signal, progress: step => step.unit === 'bytes' && meanwhile() },
      );
    };
    await expect(attempt(new AbortController().signal, () => truncateSync(source, 10))).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('unexpected number of bytes'),
    });
    const cancel = new AbortController();
    await expect(attempt(cancel.signal, () => cancel.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(readFileSync(bundle).equals(before)).toBe(true);
    expect(readdirSync(home).filter(name => name.endsWith('.part'))).toEqual([]);
  });

  it.each(['../x', '/x', 'a//b', 'a\\b', 'a\nb', 'a%b', ''])('has no file named %j', async path => {
    await expect(write(bundle, key, [{ path, source: Buffer.from('') }])).rejects.toMatchObject({ code: 'internal' });
  });

  it('passes sha256sum once it is unpacked', async () => {
    const folder = unpack(await entriesOf(bundle));
    for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
      const { status, stdout } = spawnSync('sha256sum', ['-c', manifest], { cwd: folder, encoding: 'utf8' });
      expect(stdout).not.toContain('FAILED');
      expect(status).toBe(0);
    }
  });

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('is signed so that openssl says so', async () => {
    const entries = await entriesOf(bundle);
    const envelope = JSON.parse((entries.get(`attestations/${key.keyid}.json`) as Buffer).toString());
    const payload = Buffer.from(envelope.payload, 'base64');
    const type = envelope.payloadType as string;
    writeFileSync(
      join(home, 'signed'),
      Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]),
    );
    writeFileSync(join(home, 'sig'), Buffer.from(envelope.signatures[0].sig, 'base64'));
    writeFileSync(join(home, 'key.pub'), entries.get(`keys/${key.keyid}.pub`) as Buffer);
    const verify = () =>
      spawnSync(
        'openssl',
        ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pub', '-rawin', '-in', 'signed', '-sigfile', 'sig'],
        { cwd: home, encoding: 'utf8' },
      );
    expect(verify().status).toBe(0);
    writeFileSync(join(home, 'signed'), 'something else');
    expect(verify().status).not.toBe(0);
  });

  it('says of what it is evidence, by digest', async () => {
    const entries = await entriesOf(bundle);
    const envelope = JSON.parse((entries.get(`attestations/${key.keyid}.json`) as Buffer).toString());
    const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    const sha = (name: string) =>
      createHash('sha256')
        .update(entries.get(name) as Buffer)
        .digest('hex');
    expect(statement).toMatchObject({
      subject: [
        { name: 'tagmanifest-sha256.txt', digest: { sha256: sha('tagmanifest-sha256.txt') } },
        { name: 'data/evidence.json', digest: { sha256: sha('data/evidence.json') } },
        { name: 'data/graph.json', digest: { sha256: sha('data/graph.json') } },
        { name: 'image:pets' },
      ],
      predicate: { result: 'PASSED', passedTests: ['a dog'], failedTests: [] },
    });
  });
});

describe('a bundle that was changed', () => {
  it('is told by the file that one byte was flipped in', async () => {
    for (const file of [
      'data/graph.json',
      'data/manifest.yml',
      'data/evidence.json',
      'bagit.txt',
      'manifest-sha256.txt',
    ]) {
      const changed = await rewritten(entries => {
        const bytes = entries.get(file) as Buffer;
        bytes[bytes.length - 2] = (bytes[bytes.length - 2] as number) ^ 1;
      });
      const report = await verifyBundle(changed);
      expect(report.ok, file).toBe(false);
      expect(report.problems, file).toContainEqual(expect.objectContaining({ file, problem: 'wrong' }));
    }
  });

  it('never verifies with any byte of it flipped, unless nothing of its files changed', async () => {
    const sound = readFileSync(bundle);
    const before = await entriesOf(bundle);
    for (let at = 7; at < sound.length; at += 61) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      const path = join(home, 'flipped.proof');
      writeFileSync(path, bytes);
      const report = await verifyBundle(path).catch((error: { code: string }) => {
        expect(error.code, `byte ${at}`).toBe('bundle_invalid');
        return { ok: false };
      });
      if (report.ok) expect(await entriesOf(path), `byte ${at}`).toEqual(before);
    }
  }, 60_000);

  it('is told by the file that is missing, and by the one too many', async () => {
    expect(await verifyBundle(await rewritten(entries => entries.delete('data/graph.json')))).toMatchObject({
      ok: false,
      problems: [{ file: 'data/graph.json', problem: 'missing' }],
    });
    for (const file of ['data/extra.txt', 'extra.txt', 'keys/notes.txt'])
      expect(await verifyBundle(await rewritten(entries => entries.set(file, Buffer.from('x'))))).toMatchObject({
        ok: false,
        problems: [{ file, problem: 'extra' }],
      });
    for (const file of ['manifest-sha256.txt', 'tagmanifest-sha256.txt', 'data/evidence.json']) {
      const { problems } = await verifyBundle(await rewritten(entries => entries.delete(file)));
      expect(problems).toContainEqual(expect.objectContaining({ file, problem: 'missing' }));
    }
  });

  it('is not mended by manifests that fit the change: the signature is over the old ones', async () => {
    const forged = await rewritten(entries => {
      const evidence = record();
      evidence.conclusion.cases[0]?.reasons.push('it was a cat');
      entries.set('data/evidence.json', Buffer.from(JSON.stringify(evidence)));
      remanifest(entries);
    });
    const report = await verifyBundle(forged);
    expect(report.ok).toBe(false);
    expect(report.problems).toEqual([expect.objectContaining({ file: 'attestations/', problem: 'invalid' })]);
    expect(report.signatures[0]?.detail).toContain('over another tagmanifest-sha256.txt');
  });

  it('is told when nobody signed it', async () => {
    const report = await verifyBundle(
      await rewritten(entries => {
        entries.delete(`attestations/${key.keyid}.json`);
        entries.delete(`keys/${key.keyid}.pub`);
      }),
    );
    expect(report).toMatchObject({
      ok: false,
      signatures: [],
      problems: [{ file: 'attestations/', problem: 'missing' }],
    });
  });

  it('is told when the signature is by another key than the one beside it', async () => {
    const other = loadOrMakeKey(mkdtempSync(join(home, 'other-')));
    const wrongKey = await rewritten(entries => entries.set(`keys/${key.keyid}.pub`, Buffer.from(other.publicPem)));
    expect(await verifyBundle(wrongKey)).toMatchObject({ ok: false, signatures: [{ valid: false }] });
    const renamed = await rewritten(entries => {
      entries.set(`attestations/${other.keyid}.json`, entries.get(`attestations/${key.keyid}.json`) as Buffer);
      entries.set(`keys/${other.keyid}.pub`, Buffer.from(other.publicPem));
      entries.delete(`attestations/${key.keyid}.json`);
      entries.delete(`keys/${key.keyid}.pub`);
    });
    expect(await verifyBundle(renamed)).toMatchObject({
      ok: false,
      signatures: [{ keyid: other.keyid, valid: false }],
    });
    const noKey = await rewritten(entries => entries.delete(`keys/${key.keyid}.pub`));
    expect(await verifyBundle(noKey)).toMatchObject({
      ok: false,
      signatures: [{ detail: expect.stringContaining('is not there') }],
    });
    const nonsense = await rewritten(entries => entries.set(`keys/${key.keyid}.pub`, Buffer.from('no key')));
    expect(await verifyBundle(nonsense)).toMatchObject({ ok: false, signatures: [{ valid: false }] });
  });

  it('does not pass for signed by a key whose id somebody else’s key is filed under', async () => {
    const other = loadOrMakeKey(mkdtempSync(join(home, 'other-')));
    const spoofed = await rewritten(entries => {
      const name = `attestations/${key.keyid}.json`;
      const envelope = signStatement(statementIn(entries.get(name) as Buffer), other);
      envelope.signatures.push({ keyid: key.keyid, sig: 'AAAA' });
      entries.set(name, Buffer.from(JSON.stringify(envelope)));
      entries.set(`keys/${key.keyid}.pub`, Buffer.from(other.publicPem));
    });
    expect(await verifyBundle(spoofed)).toMatchObject({ ok: false, signatures: [{ keyid: key.keyid, valid: false }] });
  });

  it('is not attested by another verdict, another graph, no graph, or a replay alone', async () => {
    const restated = (change: (statement: ReturnType<typeof statementIn>) => void) =>
      rewritten(entries => {
        const name = `attestations/${key.keyid}.json`;
        const statement = statementIn(entries.get(name) as Buffer);
        change(statement);
        entries.set(name, Buffer.from(JSON.stringify(signStatement(statement, key))));
      }).then(verifyBundle);
    const invalid = (detail: string) => ({
      ok: false,
      signatures: [{ valid: false, detail: expect.stringContaining(detail) }],
    });
    expect(await restated(() => undefined)).toMatchObject({ ok: true });
    expect(
      await restated(statement => {
        statement.predicate.result = 'FAILED';
      }),
    ).toMatchObject(invalid('it states FAILED'));
    const graph = (statement: ReturnType<typeof statementIn>) =>
      statement.subject.findIndex(({ name }) => name === 'data/graph.json');
    expect(await restated(statement => statement.subject.splice(graph(statement), 1))).toMatchObject(
      invalid('not over this bag’s data/graph.json'),
    );
    expect(
      await restated(statement =>
        statement.subject.unshift({ name: 'data/graph.json', digest: { sha256: 'a'.repeat(64) } }),
      ),
    ).toMatchObject(invalid('over another data/graph.json'));
    expect(
      await restated(statement => {
        statement.predicateType = 'https://proofbench.dev/reproduction/v1';
      }),
    ).toMatchObject({ ok: false, signatures: [{ valid: true }], problems: [{ file: 'attestations/' }] });
  });

  it('keeps its first signature when a second is added', async () => {
    const other = loadOrMakeKey(mkdtempSync(join(home, 'other-')));
    const path = join(home, 'b.proof');
    await write(path, other);
    const second = await entriesOf(path);
    const both = await rewritten(entries => {
      for (const name of [`attestations/${other.keyid}.json`, `keys/${other.keyid}.pub`])
        entries.set(name, second.get(name) as Buffer);
    });
    expect(await verifyBundle(both)).toMatchObject({ ok: true, signatures: [{ valid: true }, { valid: true }] });
  });

  it('is told when the evidence lacks one of its six parts or is that of another bundle', async () => {
    const lacking = await rewritten(entries => {
      const { observed: _left, ...rest } = record();
      entries.set('data/evidence.json', Buffer.from(JSON.stringify(rest)));
    });
    expect((await verifyBundle(lacking)).problems).toContainEqual({
      file: 'data/evidence.json',
      problem: 'invalid',
      detail: expect.stringContaining('observed'),
    });
    const another = await rewritten(entries => {
      entries.set('data/evidence.json', Buffer.from(JSON.stringify({ ...record(), evidence_id: 'evd_other' })));
    });
    expect((await verifyBundle(another)).problems).toContainEqual({
      file: 'data/evidence.json',
      problem: 'invalid',
      detail: expect.stringContaining('evd_other'),
    });
  });
});

describe('what is no bundle', () => {
  const invalid = (why: string) =>
    expect.objectContaining({ code: 'bundle_invalid', message: expect.stringContaining(why) });
  const bytes = Buffer.from('x');

  it('is refused: nothing there, no zip, an empty one, a bundle cut short', async () => {
    await expect(verifyBundle(join(home, 'nothing'))).rejects.toMatchObject({ code: 'file_not_found' });
    const path = join(home, 'no.proof');
    for (const content of [Buffer.alloc(0), Buffer.from('no zip at all'), readFileSync(bundle).subarray(0, -40)]) {
      writeFileSync(path, content);
      await expect(verifyBundle(path)).rejects.toEqual(invalid('it is no zip file'));
    }
    await expect(verifyBundle(crafted([]))).rejects.toEqual(invalid('there is no bag in it'));
  });

  it.each([
    '../evil',
    `${evidenceId}/../../evil`,
    `${evidenceId}/data/../../evil`,
    '/etc/passwd',
    `${evidenceId}/data//x`,
    `${evidenceId}/./x`,
    `${evidenceId}/data\\..\\x`,
    `${evidenceId}/data/`,
    'C:/x',
    'evd_01k0000000000000000000000b/data/x',
    'data/x',
    `${evidenceId}/da\0ta`,
  ])('is refused for an entry that goes astray: %j', async name => {
    await expect(verifyBundle(await rewritten(() => undefined, [{ name, bytes }]))).rejects.toMatchObject({
      code: 'bundle_invalid',
    });
    expect(readdirSync(dirname(home))).not.toContain('evil');
  });

  it('is refused for entries that overlap, and for more of them than any of ours has', async () => {
    const path = join(home, 'overlap.proof');
    const large = Buffer.alloc(10_000);
    const names = ['bagit.txt', 'data/a', 'data/b'].map(name => `${evidenceId}/${name}`);
    const sound = zipOf(names.map((name, index) => ({ name, bytes: index === 0 ? large : bytes })));
    const overlapping = zipOf(
      names.map(name => ({ name, bytes: large })),
      { overlap: true },
    );
    writeFileSync(path, sound);
    expect(await verifyBundle(path)).toMatchObject({ ok: false, files: 3 });
    writeFileSync(path, overlapping);
    await expect(verifyBundle(path)).rejects.toEqual(invalid('overlap'));
    writeFileSync(
      path,
      zipOf(
        Array.from({ length: 65_000 }, (_, at) => ({ name: `${evidenceId}/data/${at}`, bytes })),
        { count: 100_001 },
      ),
    );
    await expect(verifyBundle(path)).rejects.toEqual(invalid('more than 100000'));
  });

  it('is refused for two entries of one name, a link, a compressed or an encrypted one', async () => {
    const more = async (entry: Partial<RawEntry>, why: string) =>
      expect(
        verifyBundle(await rewritten(() => undefined, [{ name: `${evidenceId}/data/more`, bytes, ...entry }])),
      ).rejects.toEqual(invalid(why));
    await more({ name: `${evidenceId}/data/graph.json` }, 'two entries "data/graph.json"');
    await more({ mode: 0o120777 }, 'no plain file');
    await more({ method: 8 }, '');
    await more({ flags: 0x0801 }, '');
  });
});

describe('the signing key', () => {
  it('is not replaced when it is damaged', () => {
    const path = join(home, 'keys/signing.pem');
    writeFileSync(path, 'no key');
    expect(() => loadOrMakeKey(home)).toThrow(expect.objectContaining({ code: 'workspace_damaged' }));
    expect(readFileSync(path, 'utf8')).toBe('no key');
  });

  it('is made once and read by its user only', () => {
    expect(loadOrMakeKey(home).keyid).toBe(key.keyid);
    expect(key.keyid).toMatch(/^[0-9a-f]{16}$/);
    if (process.platform !== 'win32') expect(statSync(join(home, 'keys/signing.pem')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, 'keys'))).toEqual(['signing.pem']);
  });
});
