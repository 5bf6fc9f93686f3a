import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { componentFolder } from '../support/components.ts';
import { type Outcome, projectDir, Workspace } from '../support/workspace.ts';

/** Word for word what the platform's documents say; only what stands in angle brackets is filled in. */
const documented = readFileSync(join(import.meta.dirname, 'hand-built.sh'), 'utf8');

const classifier = `import { run, config } from 'pipelogic';

run(message => {
  console.log('classifying with', config.model_cfg);
  return { text: message.text, model: config.model_cfg };
});
`;

/** A bash that finds `ppl` on its PATH, as a user's does. */
function bash(workspace: Workspace, script: string, env: Record<string, string> = {}): Promise<Outcome> {
  const bin = workspace.folder({
    ppl: `#!/bin/sh\nexec "${process.execPath}" "${join(projectDir, 'out/cli/ppl.js')}" "$@"\n`,
  });
  chmodSync(join(bin, 'ppl'), 0o755);
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: bin,
    env: { ...workspace.env, PATH: `${bin}${delimiter}${process.env.PATH}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  return new Promise(done => child.on('close', code => done({ code, stdout, stderr })));
}

/** Runs a script that must succeed and returns what it printed. */
async function output(workspace: Workspace, script: string, env?: Record<string, string>): Promise<string> {
  const outcome = await bash(workspace, script, env);
  expect(outcome, `${script}\n${outcome.stderr}`).toMatchObject({ code: 0 });
  return outcome.stdout.trim();
}

/** The first frame after `body` was posted; the socket is open before. */
function drive(inputUrl: string, outputUrl: string, body: string): Promise<unknown> {
  return new Promise((received, failed) => {
    const socket = new WebSocket(outputUrl.replace(/^http/, 'ws'));
    socket.once('error', failed);
    socket.once('message', text => {
      received(JSON.parse(text.toString()));
      socket.close();
    });
    socket.once('open', () => {
      fetch(inputUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(failed);
    });
  });
}

describe('the hand-built script of the documents', () => {
  it('runs as it is written, and what it made is driven and discarded by hand', { timeout: 200_000 }, async () => {
    expect(spawnSync('jq', ['--version']).status, 'jq is not on the PATH: apt-get install jq, or brew install jq').toBe(
      0,
    );
    await using workspace = new Workspace({ PROOFBENCH_HOST_LINGER_MS: '10000' });
    const source = workspace.folder(
      componentFolder({
        name: 'Classifier',
        main: classifier,
        output: '{text: String, model: String}',
        config: '    model_cfg: {type: String}',
      }),
    );
    await workspace.json(['component', 'publish'], { cwd: source });
    await workspace.json(['component', 'promote'], { cwd: source });

    const idOf = (query: string, name: string) =>
      output(workspace, `ppl component list --query=${query} | jq -r '.items[] | select(.name == "${name}") | .id'`);
    const filledIn = {
      '<input_component_id>': await idOf('Input', 'Input JSON HTTP'),
      '<cut_component_id>': await idOf('Classifier', 'Classifier'),
      '<output_component_id>': await idOf('Output', 'Output JSON HTTP'),
      '<runtime_id>': await output(workspace, `ppl runtime list | jq -r '.items[] | select(.name == "local") | .id'`),
    };
    for (const [what, id] of Object.entries(filledIn)) expect(id, what).toMatch(/^[a-z]+_[0-9a-z]+$/);
    const script = Object.entries(filledIn).reduce((text, [what, id]) => text.replace(what, id), documented);
    expect(script).not.toMatch(/<\w+_id>/);
    const printed = await output(workspace, `${script}\nprintf '%s\\n' "$PID" "$IN" "$CUT" "$OUT"`);
    const [PID, ...vertices] = printed.split('\n').slice(-4) as [string, string, string, string];
    const env = { PID };

    const deployment = await output(workspace, 'ppl backend show $PID | jq -r .deployment.id', env);
    const states = () =>
      output(workspace, `ppl container list --deployment ${deployment} | jq -r '[.items[].status] | join(" ")'`);
    for (let polls = 0; (await states()) !== 'running running running'; polls++) {
      expect(polls, 'polls until every container is running').toBeLessThan(60);
      await sleep(500);
    }

    const rows = JSON.parse(await output(workspace, 'ppl forward $PID | jq .items', env)) as Record<string, string>[];
    expect(rows.map(row => row.vertex_id).sort()).toEqual([vertices[0], vertices[2]].sort());
    for (const row of rows)
      expect(row).toMatchObject({
        endpoint_name: expect.stringMatching(/./),
        url: expect.stringMatching(/^http/),
        token: expect.stringMatching(/./),
      });
    const urlOf = (vertex: string | undefined) => rows.find(row => row.vertex_id === vertex)?.url as string;
    const [inputUrl, outputUrl] = [urlOf(vertices[0]), urlOf(vertices[2])];
    expect(await drive(inputUrl, outputUrl, '{"text": "a dog"}')).toEqual({ text: 'a dog', model: 'fastvit_t8' });

    const logs = await output(
      workspace,
      `ppl container logs "$(ppl container list --deployment ${deployment} | jq -r '.items[] | select(.alias == "cut") | .id')"`,
    );
    expect(logs).toBe('classifying with fastvit_t8');

    await output(workspace, 'ppl backend undeploy --backend $PID', env);
    const idle = await fetch(inputUrl, { method: 'POST', body: '{}' });
    expect(idle.status).toBe(404);
    expect(await idle.json()).toMatchObject({ error: { code: 'not_running' } });
    await output(workspace, 'ppl backend delete $PID', env);
    expect(await bash(workspace, 'ppl backend show $PID', env)).toMatchObject({ code: 4 });
  });
});
