import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { componentFolder, manifest, shoutProof } from '../support/components.ts';
import { eventsOf, Workspace } from '../support/workspace.ts';
import { unzipped } from '../support/zip.ts';

const hello = JSON.stringify({ text: 'hello' });
const password = 'correct "horse" battery';
const params = `{key: {type: "String", value: '${JSON.stringify(password)}'}, place: {type: "String", value: '"entrance"'}}`;
const config = '    key: {type: "String", secret: true}\n    place: {type: "String", default: "door"}';

/** Says what it knows on both streams, some of it not text, and ends. */
const blabbers = `import { config } from 'pipelogic';

process.stdout.write(Buffer.from(Array.from({ length: 256 }, (_, at) => at)));
process.stderr.write('my token is ' + process.env.PROOFBENCH_TOKEN + '\\n');
process.stdout.write('\\nkey ' + config.key + ' at ' + config.place + '\\n');
process.exit(3);
`;
/** Takes its time to start, and says what it is called with. */
const works = `import { config, run } from 'pipelogic';

run(message => {
  console.log(config.key, config.place, process.env.PROOFBENCH_TOKEN);
  return { text: message.text.toUpperCase() };
});
`;

function folder(workspace: Workspace, main: string, proof = ''): string {
  return workspace.folder({
    ...componentFolder({ main, config }),
    'live-test.yml': manifest({ params, proof }),
    'hello.json': hello,
  });
}

/** By path below the lease's id. */
async function filesOf(path: string): Promise<Map<string, Buffer>> {
  return new Map([...(await unzipped(path))].map(([name, bytes]) => [name.replace(/^lse_[0-9a-z]+\//, ''), bytes]));
}

function expectNoSecret(files: Map<string, Buffer>, secrets: readonly string[]): void {
  for (const [name, bytes] of files) {
    for (const secret of [password, 'horse', ...secrets]) expect(bytes.toString(), name).not.toContain(secret);
  }
}

function logOf(files: Map<string, Buffer>, alias: string, name: string): Buffer {
  const path = [...files.keys()].find(each => each.startsWith(`logs/${alias}-`) && each.endsWith(`/${name}`));
  return files.get(path ?? '') as Buffer;
}

describe('the debug bundle of a run that failed', () => {
  it.each([
    ['lease run', ''],
    ['proof run', shoutProof],
  ])('of ppl %s has every byte of a component that crashed, and no secret', async (verb, proof) => {
    await using workspace = new Workspace();
    const dir = folder(workspace, blabbers, proof);
    const args = verb === 'lease run' ? ['--test=live-test.yml'] : ['live-test.yml'];
    const outcome = await workspace.ppl([...verb.split(' '), ...args], { cwd: dir });
    expect(outcome).toMatchObject({ code: 1 });
    const failed = eventsOf(outcome.stdout).find(event => event.type === 'failed');
    const path = failed?.debug_bundle as string;
    expect(path.startsWith(join(workspace.home, 'debug'))).toBe(true);
    expect(outcome.stderr).toContain(`debug bundle: ${path}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);

    const files = await filesOf(path);
    const raw = (stream: string) => {
      const { home } = workspace;
      const deployment = eventsOf(outcome.stdout).find(event => event.type === 'deploy_started')?.deployment_id;
      const container = JSON.parse(containersOf(files)).find((each: { alias: string }) => each.alias === 'cut').id;
      return readFileSync(join(home, 'logs', deployment as string, container, `${stream}.log`));
    };
    const token = /my token is (\S+)/.exec(raw('stderr').toString())?.[1] as string;
    expect(token).toHaveLength(32);
    expectNoSecret(files, [token]);
    const said = Buffer.concat([
      Buffer.from(Array.from({ length: 256 }, (_, at) => at)),
      Buffer.from(`\nkey ${'*'.repeat(password.length)} at entrance\n`),
    ]);
    const stdout = logOf(files, 'cut', 'stdout.log');
    expect(stdout.subarray(0, said.length).equals(said)).toBe(true);
    expect(stdout).toHaveLength(raw('stdout').length);
    expect(logOf(files, 'cut', 'stderr.log').toString()).toContain(`my token is ${'*'.repeat(32)}\n`);
    expect(logOf(files, 'cut', 'both.log')).toHaveLength(raw('stdout').length + raw('stderr').length);

    expect(JSON.parse(String(files.get('failure.json')))).toMatchObject({ error: { code: 'container_exited' } });
    expect(JSON.parse(String(files.get('lease.json'))), 'written before the lease goes').toMatchObject({
      state: 'open',
    });
    expect(JSON.parse(String(files.get('docker/engine.json'))).version).toMatch(/\d/);
    const names = [...files.keys()].join('\n');
    for (const name of ['graph.json', 'operations.ndjson', 'manifest.yml', 'component.yml', 'doctor.json', 'host.log'])
      expect(names).toContain(name);
    expect(String(files.get('README.txt'))).toMatch(/places in \d+ files/);
  });
});

describe('ppl lease debug', () => {
  it('tells of a lease that works, with what Docker says of its containers, and again when it has ended', async () => {
    await using workspace = new Workspace();
    const dir = folder(workspace, works);
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--keep-lease'], { cwd: dir });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const ready = eventsOf(outcome.stdout).at(-1) as unknown as {
      lease_id: string;
      endpoints: { alias: string; url: string; token: string }[];
    };
    const tokens = ready.endpoints.map(endpoint => endpoint.token);
    const url = ready.endpoints.find(endpoint => endpoint.alias === 'in')?.url as string;
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', headers, body: hello })).status).toBe(202);

    const debug = (...more: string[]) => workspace.ppl(['lease', 'debug', ready.lease_id, ...more], { cwd: dir });
    await expect
      .poll(
        async () => {
          const { data } = JSON.parse((await debug()).stdout) as { data: { path: string } };
          return logOf(await filesOf(data.path), 'cut', 'stdout.log').toString();
        },
        { timeout: 20_000 },
      )
      .toBe(`${'*'.repeat(password.length)} entrance ${'*'.repeat(32)}\n`);

    expect(await debug('--out', 'mine.zip')).toMatchObject({ code: 0 });
    expect(await debug('--out', 'mine.zip')).toMatchObject({ code: 5 });
    expect(await debug('--out', 'mine.zip', '--overwrite')).toMatchObject({ code: 0 });
    const files = await filesOf(join(dir, 'mine.zip'));
    const containers = [...files.keys()].filter(name => name.startsWith('docker/containers/'));
    expect(containers, 'three vertices and the gateway').toHaveLength(4);
    const env = JSON.parse(String(files.get(containers.find(name => name.includes('-cut-')) as string))).Config.Env;
    expect(env).toContain('PROOFBENCH_TOKEN=[masked]');
    expect([...files.keys()].filter(name => name.startsWith('docker/networks/'))).toHaveLength(1);
    expectNoSecret(files, tokens);

    await workspace.json(['lease', 'rollback', ready.lease_id]);
    // The next host never saw the component, which is gone: which of its parameters are secret is known to nobody.
    await workspace.ppl(['host', 'stop']);
    expect(await debug('--out', 'after.zip')).toMatchObject({ code: 0 });
    const after = await filesOf(join(dir, 'after.zip'));
    expectNoSecret(after, tokens);
    expect(logOf(after, 'cut', 'stdout.log')).toHaveLength(logOf(files, 'cut', 'stdout.log').length);
    expect(JSON.parse(String(after.get('lease.json')))).toMatchObject({ state: 'rolled_back' });
  });

  it('tells what is on this side when Docker cannot be reached', async () => {
    await using workspace = new Workspace();
    const { data } = await workspace.json<{ data: { lease_id: string } }>(['lease', 'create', '--label', 'alone']);
    await workspace.ppl(['host', 'stop']);
    const outcome = await workspace.ppl(['lease', 'debug', 'alone'], { env: { DOCKER_HOST: 'unix:///nowhere.sock' } });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const { path } = (JSON.parse(outcome.stdout) as { data: { path: string } }).data;
    const files = await filesOf(path);
    expect(JSON.parse(String(files.get('lease.json')))).toMatchObject({ id: data.lease_id, state: 'open' });
    expect(String(files.get('README.txt'))).toContain('Docker: ');
    await workspace.ppl(['lease', 'rollback', 'alone']);
    await workspace.ppl(['host', 'stop']);
  });
});

function containersOf(files: Map<string, Buffer>): string {
  const path = [...files.keys()].find(name => name.endsWith('/containers.json'));
  return String(files.get(path ?? ''));
}
