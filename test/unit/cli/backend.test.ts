import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addBackend } from '../../../electron/cli/backend.ts';
import { addContainer } from '../../../electron/cli/container.ts';
import type { Context } from '../../../electron/cli/context.ts';
import { addDeployment } from '../../../electron/cli/deployment.ts';
import { contract } from '../../../shared/contract/index.ts';

const hash = 'a'.repeat(64);
/** A command line as it is typed, and what the workspace is then asked. */
const asked: Readonly<Record<string, [keyof typeof contract, object]>> = {
  'backend create --name trial --lease demo': ['backend.create', { name: 'trial', lease: 'demo' }],
  'backend list': ['backend.list', {}],
  'backend show b': ['backend.show', { backend: 'b' }],
  'backend rename b --name c': ['backend.rename', { backend: 'b', name: 'c' }],
  'backend fork b --at 4 --name staging --lease demo': [
    'backend.fork',
    { backend: 'b', at: 4, name: 'staging', lease: 'demo' },
  ],
  'backend delete b': ['backend.delete', { backend: 'b' }],
  [`backend add-vertex b --version v --alias cut --base ${hash}`]: [
    'backend.add_vertex',
    { backend: 'b', version: 'v', alias: 'cut', base: hash },
  ],
  [`backend delete-vertex b --vertex cut --base ${hash}`]: [
    'backend.delete_vertex',
    { backend: 'b', vertex: 'cut', base: hash },
  ],
  'backend change-version b --vertex cut --version v': [
    'backend.change_version',
    { backend: 'b', vertex: 'cut', version: 'v' },
  ],
  'backend connect b --from-vertex in --from-output 0 --to-vertex cut --to-input 1': [
    'backend.connect',
    { backend: 'b', from_vertex: 'in', from_output: 0, to_vertex: 'cut', to_input: 1 },
  ],
  'backend disconnect b --from-vertex in --from-output 0 --to-vertex cut --to-input 1': [
    'backend.disconnect',
    { backend: 'b', from_vertex: 'in', from_output: 0, to_vertex: 'cut', to_input: 1 },
  ],
  'backend change-parameter b --vertex cut --name floor --type Double --value -0.5': [
    'backend.change_parameter',
    { backend: 'b', vertex: 'cut', name: 'floor', type: 'Double', value: '-0.5' },
  ],
  'backend change-parameter b --vertex cut --name floor --unset': [
    'backend.change_parameter',
    { backend: 'b', vertex: 'cut', name: 'floor' },
  ],
  'backend add-file b --vertex cut --key weights --file f': [
    'backend.add_file',
    { backend: 'b', vertex: 'cut', key: 'weights', file: 'f' },
  ],
  'backend remove-file b --vertex cut --key weights': [
    'backend.remove_file',
    { backend: 'b', vertex: 'cut', key: 'weights' },
  ],
  'backend change-endpoint-alias b --vertex out --endpoint out --alias answers': [
    'backend.change_endpoint_alias',
    { backend: 'b', vertex: 'out', endpoint: 'out', alias: 'answers' },
  ],
  'backend change-endpoint-alias b --vertex out --endpoint out --unset': [
    'backend.change_endpoint_alias',
    { backend: 'b', vertex: 'out', endpoint: 'out' },
  ],
  'backend undo b': ['backend.undo', { backend: 'b' }],
  'backend undo b 3': ['backend.undo', { backend: 'b', steps: 3 }],
  [`backend redo b 2 --base ${hash}`]: ['backend.redo', { backend: 'b', steps: 2, base: hash }],
  'backend compact b': ['backend.compact', { backend: 'b' }],
  'backend operations b --after 0 --limit 5': ['backend.operations', { backend: 'b', after: 0, limit: 5 }],
  'backend graph b --at 2': ['backend.graph', { backend: 'b', at: 2 }],
  'backend diff b --at 2 --to c --to-at 3': ['backend.diff', { backend: 'b', at: 2, to: 'c', to_at: 3 }],
  'backend verify b': ['backend.verify', { backend: 'b' }],
  'backend deploy --runtime local --backend b --debug --fixed-duration 10m --wait --lease demo': [
    'backend.deploy',
    { backend: 'b', runtime: 'local', debug: true, fixed_duration: '10m', wait: true, lease: 'demo' },
  ],
  'backend redeploy --backend b': ['backend.redeploy', { backend: 'b' }],
  'backend redeploy --deployment d': ['backend.redeploy', { deployment: 'd' }],
  'backend undeploy --backend b': ['backend.undeploy', { backend: 'b' }],
  'backend undeploy --deployment d': ['backend.undeploy', { deployment: 'd' }],
  'forward b': ['backend.forward', { backend: 'b' }],
  'deployment list': ['deployment.list', {}],
  'deployment show d': ['deployment.show', { deployment: 'd' }],
  'deployment events d --follow --after 7': ['deployment.events', { deployment: 'd', follow: true, after: 7 }],
  'container list --deployment d': ['container.list', { deployment: 'd' }],
  'container logs c --follow --since 5m --tail 10 --stream stderr': [
    'container.logs',
    { container: 'c', follow: true, since: '5m', tail: 10, stream: 'stderr' },
  ],
  'container stats c': ['container.stats', { container: 'c' }],
  'container stats --deployment d --follow': ['container.stats', { deployment: 'd', follow: true }],
};

const refused: Readonly<Record<string, RegExp>> = {
  'backend change-parameter b --vertex cut --name floor': /Give --value or --unset/,
  'backend change-parameter b --vertex cut --name floor --value 1 --unset': /not both/,
  'backend change-endpoint-alias b --vertex out --endpoint out': /Give --alias or --unset/,
  'backend add-vertex b --version v --base abc': /64 hexadecimal digits/,
  'backend undo b 0': /whole number from 1/,
  'backend graph b --at 0': /whole number from 1/,
  'backend connect b --from-vertex in --from-output -1 --to-vertex cut --to-input 0': /whole number from 0/,
  'backend redeploy': /Give --backend or --deployment/,
  'backend undeploy --backend b --deployment d': /not both/,
  'backend deploy --backend b': /--runtime/,
  'container logs c --stream both': /stdout, stderr/,
  'container stats c --deployment d': /not both/,
};

class Answered extends Error {}

/** What a command line asks the workspace first. */
async function ask(line: string): Promise<[string, object]> {
  let question: [string, object] | undefined;
  const record = (name: string, input: object) => {
    question = [name, JSON.parse(JSON.stringify(input)) as object];
    throw new Answered();
  };
  const context = {
    out: { isTerminal: false, readerLeft: () => undefined },
    call: async (name: string, input: object) => record(name, input),
    caller: async () => ({ stream: (name: string, input: object) => record(name, input) }),
  } as unknown as Context;
  const program = new Command('ppl');
  addBackend(program, context);
  addDeployment(program, context);
  addContainer(program, context);
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.commands.forEach(quiet);
  };
  quiet(program);
  await program.parseAsync(line.split(' '), { from: 'user' }).catch((error: unknown) => {
    if (!(error instanceof Answered)) throw error;
  });
  return question as [string, object];
}

describe('the verbs of backends, deployments and containers', () => {
  it.each(Object.entries(asked))('%s', async (line, [name, input]) => {
    expect(await ask(line)).toEqual([name, input]);
    expect(contract[name].input.safeParse(input).error).toBeUndefined();
  });

  it.each(Object.entries(refused))('refuses: %s', async (line, message) => {
    await expect(ask(line)).rejects.toThrow(message);
  });

  it('are there for every operation of the contract on them', () => {
    const reached = new Set(Object.values(asked).map(([name]) => name));
    const all = Object.keys(contract).filter(name => /^(backend|deployment|container)\./.test(name));
    // A log is saved by the window's dialog; on the command line stdout is redirected.
    expect(all.filter(name => !reached.has(name as keyof typeof contract))).toEqual(['container.save_log']);
  });
});
