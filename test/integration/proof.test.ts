import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { componentFolder, manifest, shoutProof } from '../support/components.ts';
import { eventsOf, projectDir, Workspace } from '../support/workspace.ts';

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
