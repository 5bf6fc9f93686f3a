import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../electron/host/caller.ts';
import type { RunDetail } from '../../shared/contract/index.ts';
import { componentFolder, manifest, shoutProof } from '../support/components.ts';
import { eventsOf, projectDir, untilEvent, Workspace } from '../support/workspace.ts';

const hello = JSON.stringify({ text: 'hello' });

interface Record6 {
  unit_under_test: { components?: unknown };
  input: unknown;
  expected: unknown;
  observed: unknown;
  runtime_signal: unknown;
  conclusion: { verdict: string; risks: unknown[] };
}

describe('ppl proof run', () => {
  it('passes when the output means what was expected, and leaves a bundle a teammate can verify', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({}),
      'proof.yml': manifest({ proof: shoutProof }),
      'hello.json': hello,
    });
    const outcome = await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir });
    expect(outcome, outcome.stderr + outcome.stdout).toMatchObject({ code: 0 });
    const events = eventsOf(outcome.stdout);
    expect(events.at(-2)).toMatchObject({ type: 'case', name: 'hello', verdict: 'pass' });
    const proof = events.at(-1) as unknown as { type: string; verdict: string; evidence_id: string; bundle: string };
    expect(proof).toMatchObject({ type: 'proof', verdict: 'pass' });

    const verified = await workspace.json<{ ok: boolean; signatures: { valid: boolean }[] }>([
      'evidence',
      'verify',
      proof.bundle,
    ]);
    expect(verified).toMatchObject({ ok: true, signatures: [{ valid: true }] });
    const shown = await workspace.json<{ record: Record6 }>(['evidence', 'show', proof.evidence_id]);
    expect(Object.keys(shown.record)).toEqual(
      expect.arrayContaining(['unit_under_test', 'input', 'expected', 'observed', 'runtime_signal', 'conclusion']),
    );
    expect(JSON.stringify(shown.record.conclusion)).toContain('Only ASCII was tried.');

    const saved = join(dir, 'copy.proof');
    await workspace.json(['evidence', 'save', proof.evidence_id, '--to', saved]);
    expect(readFileSync(saved).equals(readFileSync(proof.bundle))).toBe(true);
    const bytes = readFileSync(saved);
    const at = bytes.indexOf('HELLO');
    bytes[at] = 'J'.charCodeAt(0);
    writeFileSync(saved, bytes);
    const tampered = await workspace.ppl(['evidence', 'verify', saved]);
    expect(tampered.code).toBe(1);
    expect(JSON.parse(tampered.stdout)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ problem: 'wrong' })]),
    });

    // Evidence keeps what it names: the version is there to be promoted.
    const promoted = await workspace.json<{ data: { version_id: string; tags: string[] } }>(
      ['component', 'promote', '--evidence', proof.evidence_id, '--note', 'proved'],
      { cwd: dir },
    );
    expect(promoted.data.tags).toEqual(['latest']);
  });

  it('is a mismatch when the backend worked and meant something else', async () => {
    await using workspace = new Workspace();
    const whisper = `import { run } from 'pipelogic';\nrun(m => { console.error('whispering'); return { text: m.text.toLowerCase() }; });\n`;
    const dir = workspace.folder({
      ...componentFolder({ main: whisper }),
      'proof.yml': manifest({ proof: shoutProof }),
      'hello.json': hello,
    });
    const outcome = await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir });
    expect(outcome.code).toBe(1);
    const events = eventsOf(outcome.stdout);
    expect(events.at(-2)).toMatchObject({ type: 'case', verdict: 'mismatch' });
    const proof = events.at(-1) as unknown as { verdict: string; evidence_id: string; bundle: string };
    expect(proof.verdict).toBe('mismatch');
    expect((await workspace.ppl(['evidence', 'verify', proof.bundle])).code).toBe(0);
    const shown = await workspace.json<{ record: Record6 }>(['evidence', 'show', proof.evidence_id]);
    expect(JSON.stringify(shown.record.conclusion.risks)).toMatch(/stderr/);
  });

  it('fails, and still leaves evidence with the reason, when the component crashes on the fixture', async () => {
    await using workspace = new Workspace();
    const crash = `import { run } from 'pipelogic';\nrun(m => { throw new Error('cannot shout ' + m.text); });\n`;
    const dir = workspace.folder({
      ...componentFolder({ main: crash }),
      'proof.yml': manifest({ proof: shoutProof }),
      'hello.json': hello,
    });
    const outcome = await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir });
    expect(outcome.code).toBe(1);
    const proof = eventsOf(outcome.stdout).at(-1) as unknown as {
      type: string;
      verdict: string;
      bundle: string;
      evidence_id: string;
    };
    expect(proof).toMatchObject({ type: 'proof', verdict: 'fail' });
    expect((await workspace.ppl(['evidence', 'verify', proof.bundle])).code).toBe(0);
    const shown = await workspace.json<{ record: Record6 }>(['evidence', 'show', proof.evidence_id]);
    expect(JSON.stringify(shown.record)).toContain('cannot shout hello');
  });

  it('fails with fixture_rejected when a photo is no photo', async () => {
    await using workspace = new Workspace();
    const size = `import { run } from 'pipelogic';\nrun(image => ({ text: image.width + 'x' + image.height }));\n`;
    const dir = workspace.folder({
      ...componentFolder({ input: 'Image', main: size }),
      'hello.json': 'this is no photo',
      'proof.yml': manifest({ proof: shoutProof.replace('application/json', 'image/jpeg') }).replace(
        'Input JSON HTTP',
        'Input Image HTTP',
      ),
    });
    const outcome = await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir });
    expect(outcome.code).toBe(1);
    const events = eventsOf(outcome.stdout);
    expect(events.at(-2)).toMatchObject({ type: 'case', verdict: 'fail' });
    expect(JSON.stringify(events.at(-2))).toContain('fixture_rejected');
  });

  it('keeps the cases that were over in its evidence when it is stopped before the last', async () => {
    await using workspace = new Workspace();
    const later = `    - name: again
      send: {to: in, fixture: slow}
      expect: {meaning: "It never comes.", from: out}
`;
    const main = `import { run } from 'pipelogic';

run(message => (message.text === 'slow' ? new Promise(() => {}) : { text: message.text.toUpperCase() }));
`;
    const dir = workspace.folder({
      ...componentFolder({ main }),
      'proof.yml': manifest({
        fixtures: '  - {name: hello, path: ./hello.json}\n  - {name: slow, path: ./slow.json}',
        proof: shoutProof.replace(/(\n {2}risks:|$)/, `\n${later}$1`),
      }),
      'hello.json': hello,
      'slow.json': '{"text": "slow"}',
    });
    const proof = workspace.start(['proof', 'run', 'proof.yml'], { cwd: dir });
    await untilEvent(proof, 'case');
    const { items } = await workspace.json<{ items: { id: string }[] }>(['run', 'list']);
    await workspace.ppl(['run', 'cancel', items[0]?.id as string]);
    const outcome = await proof.outcome;
    expect(outcome.code).toBe(1);
    const { evidence_id } = eventsOf(outcome.stdout).at(-1) as unknown as { evidence_id: string };
    const { record } = await workspace.json<{ record: { observed: { cases: { name: string; frames: unknown[] }[] } } }>(
      ['evidence', 'show', evidence_id],
    );
    expect(record.observed.cases).toMatchObject([{ name: 'hello', frames: [{}] }]);
  });

  it('refuses an expectation that does not say what the output means', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({}),
      'proof.yml': manifest({ proof: shoutProof.replace(/ +meaning:.*\n/, '') }),
      'hello.json': hello,
    });
    const outcome = await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/meaning/);
  });
});

describe('a run', () => {
  it('is shown whole after its lease has gone, with the bytes it sent and captured', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({}),
      'proof.yml': manifest({ proof: shoutProof }),
      'hello.json': hello,
    });
    expect(await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir })).toMatchObject({ code: 0 });
    const { items } = await workspace.json<{ items: { id: string }[] }>(['run', 'list']);
    expect(items).toMatchObject([
      {
        number: 1,
        mode: 'live_fixture',
        unit: { component: 'Shout' },
        cases: [{ name: 'hello', verdict: 'pass', warnings: 0 }],
        first_ms: expect.any(Number),
        median_ms: null,
        containers: { running: 0, total: 3 },
        ended_at: expect.any(String),
      },
    ]);
    const run = await workspace.json<RunDetail>(['run', 'show', items[0]?.id as string]);
    expect(run).toMatchObject({ lease: { state: 'rolled_back' }, evidence: { verdict: 'pass' }, failure: null });
    for (const vertex of run.plan.vertices)
      expect(vertex).toMatchObject({
        vertex_id: expect.any(String),
        version_id: expect.any(String),
        container_id: expect.any(String),
        status: 'exited',
      });
    expect(run.plan.edges.map(edge => edge.type)).toEqual(['{text: String}', '{text: String}']);
    const [each] = run.plan.cases;
    await using caller = callerOf(workspace);
    const read = async (sha256: string) => {
      const pieces: Buffer[] = [];
      for await (const { base64 } of caller.stream('blob.read', { sha256 })) pieces.push(Buffer.from(base64, 'base64'));
      return Buffer.concat(pieces).toString();
    };
    expect(JSON.parse(await read(each?.result?.frames[0]?.sha256 as string))).toEqual({ text: 'HELLO' });
    expect(await read(run.plan.fixtures[0]?.sha256 as string)).toBe(hello);
    await expect(read('0'.repeat(64))).rejects.toMatchObject({ code: 'not_found' });

    const cut = run.plan.vertices.find(vertex => vertex.under_test)?.container_id as string;
    const saved = await caller.call('container.save_log', { container: cut, to: dir, stream: 'stdout' });
    expect(readFileSync(saved.path, 'utf8')).toContain('shouting hello');
    const { path } = await caller.call('evidence.report', { evidence: run.evidence_id as string });
    expect(readFileSync(path, 'utf8')).toContain('The text comes back in capitals.');
    expect(await caller.call('evidence.verify', { bundle: run.evidence?.bundle as string })).toMatchObject({
      ok: true,
    });
  });

  it('sends other fixtures than its manifest names, and its record says so', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({}),
      'proof.yml': manifest({ proof: `# Of one word.\n${shoutProof}` }),
      'hello.json': hello,
      'other.json': JSON.stringify({ text: 'other' }),
    });
    await workspace.hostPid();
    await using caller = callerOf(workspace);
    const manifestPath = join(dir, 'proof.yml');
    const plan = await caller.call('manifest.check', { manifest: manifestPath });
    expect(plan).toMatchObject({
      name: 'shouting',
      fixtures: [{ bytes: hello.length, media_type: 'application/json' }],
    });
    expect(plan.vertices.map(each => [each.component, each.inputs])).toContainEqual(['Shout', ['{text: String}']]);

    const { file_id } = await caller.call('file.upload', { path: join(dir, 'other.json') });
    const start = (fixtures: { name: string; file_id: string; meaning?: string }[]) =>
      caller.call('run.start', { kind: 'proof', manifest: manifestPath, cwd: dir, fixtures });
    await expect(start([{ name: 'new', file_id }])).rejects.toMatchObject({ code: 'usage' });
    await expect(start([{ name: 'hello', file_id: 'fil_none' }])).rejects.toMatchObject({ code: 'not_found' });
    expect((await caller.call('lease.list', {})).count).toBe(0);

    const changes: string[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const { changed } of caller.stream('workspace.watch', {}, { signal: stop.signal }))
        changes.push(...changed);
    })().catch(() => undefined);
    const { run_id, lease_id } = await start([
      { name: 'hello', file_id },
      { name: 'again', file_id, meaning: 'It comes back in capitals too.' },
    ]);
    const before = (await caller.call('run.show', { run: run_id })).lease.expires_at;
    const { expires_at } = await caller.call('lease.renew', { lease: lease_id, ttl: '2h' });
    expect(Date.parse(expires_at)).toBeGreaterThan(Date.parse(before));
    const verdicts: string[] = [];
    for await (const event of caller.watch(run_id)) if (event.type === 'case') verdicts.push(event.verdict);
    expect(verdicts).toEqual(['mismatch', 'pass']);
    await expect.poll(() => [...new Set(changes)].sort()).toEqual(['evidence', 'leases', 'runs']);
    stop.abort();
    await watching;

    const run = await caller.call('run.show', { run: run_id });
    expect(run.plan.fixtures).toMatchObject([
      { name: 'hello', source: null, file_id },
      { name: 'again', file_id },
    ]);
    const bundle = readFileSync(run.evidence?.bundle as string, 'utf8');
    expect(bundle).toContain(`file_id: ${file_id}`);
    expect(bundle).toContain('# Of one word.');
    await expect(caller.call('lease.renew', { lease: lease_id, ttl: '1h' })).rejects.toMatchObject({
      code: 'lease_closed',
    });
  });
});

function callerOf(workspace: Workspace): Caller {
  return new Caller({
    home: workspace.home,
    command: [process.execPath, join(projectDir, 'out/cli/ppl.js'), 'host', 'run', '--background'],
    env: workspace.env,
  });
}

describe('the examples', () => {
  for (const example of ['pets', 'word-stats-py']) {
    it(`${example} passes on its real input`, async () => {
      await using workspace = new Workspace();
      const outcome = await workspace.ppl(
        ['proof', 'run', join(projectDir, 'resources/examples', example, 'proof.yml')],
        {
          cwd: join(projectDir, 'resources/examples', example),
        },
      );
      expect(outcome, outcome.stderr + outcome.stdout).toMatchObject({ code: 0 });
      expect(eventsOf(outcome.stdout).at(-1)).toMatchObject({ type: 'proof', verdict: 'pass' });
    });
  }
});
