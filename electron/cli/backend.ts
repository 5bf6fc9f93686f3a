import { type Command, InvalidArgumentError } from 'commander';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';
import { printList } from './out.ts';

export function addBackend(program: Command, context: Context): void {
  const backend = program
    .command('backend')
    .description('typed graphs of pinned component versions, and their deployments');
  withExample(backend.command('create'), 'ppl backend create --name "live test" | jq -r .data.backend_id')
    .description('make an empty backend')
    .option('--name <name>', 'display name')
    .option('--lease <lease>', 'the lease that owns it')
    .action(async ({ name, lease }: { name?: string; lease?: string }) =>
      mutate(context, 'backend.create', { name, lease }),
    );
  withExample(backend.command('list'), 'ppl backend list')
    .description('list backends')
    .action(async () =>
      printList(context.out, await context.call('backend.list', {}), ['id', 'name', 'head_seq', 'graph_hash']),
    );
  withExample(backend.command('show <backend>'), 'ppl backend show bck_01k…')
    .description('a backend, its graph and its deployment')
    .action(async (ref: string) => context.out.data(await context.call('backend.show', { backend: ref })));
  withExample(backend.command('add-vertex <backend>'), 'ppl backend add-vertex bck_01k… --version ver_01k… --alias cut')
    .description('add a vertex that runs a version; its id is assigned and printed')
    .requiredOption('--version <version>', 'the exact version')
    .option('--alias <alias>', 'a name for it in this backend')
    .action(async (ref: string, { version, alias }: { version: string; alias?: string }) => {
      await mutate(context, 'backend.add_vertex', { backend: ref, version, alias });
    });
  withExample(
    backend.command('connect <backend>'),
    'ppl backend connect bck_01k… --from-vertex in --from-output 0 --to-vertex cut --to-input 0',
  )
    .description('connect an output to an input; refused when their types do not fit')
    .requiredOption('--from-vertex <vertex>', 'id or alias')
    .requiredOption('--from-output <index>', 'from 0', index)
    .requiredOption('--to-vertex <vertex>', 'id or alias')
    .requiredOption('--to-input <index>', 'from 0', index)
    .action(
      async (ref: string, options: { fromVertex: string; fromOutput: number; toVertex: string; toInput: number }) => {
        await mutate(context, 'backend.connect', {
          backend: ref,
          from_vertex: options.fromVertex,
          from_output: options.fromOutput,
          to_vertex: options.toVertex,
          to_input: options.toInput,
        });
      },
    );
  withExample(
    backend.command('change-parameter <backend>'),
    `ppl backend change-parameter bck_01k… --vertex cut --name model_cfg --type String --value '"fastvit_t8"'`,
  )
    .description('set a parameter of a vertex to a literal of the type language')
    .requiredOption('--vertex <vertex>', 'id or alias')
    .requiredOption('--name <name>', 'the parameter')
    .option('--type <type>', 'its type')
    .requiredOption('--value <literal>', 'a literal: "text" with its quotes, 1, [1, 2], {x: 1.0}')
    .action(async (ref: string, options: { vertex: string; name: string; type?: string; value: string }) => {
      await mutate(context, 'backend.change_parameter', { backend: ref, ...options });
    });
  withExample(backend.command('operations <backend>'), 'ppl backend operations bck_01k…')
    .description('the log of operations that the graph is the replay of')
    .action(async (ref: string) =>
      printList(context.out, await context.call('backend.operations', { backend: ref }), [
        'seq',
        'type',
        'payload',
        'at',
      ]),
    );
  withExample(backend.command('deploy'), 'ppl backend deploy --runtime local --backend bck_01k… --wait')
    .description('run the backend as containers; answers when it is accepted, with --wait when it runs')
    .requiredOption('--runtime <runtime>', 'id or name, e.g. local')
    .requiredOption('--backend <backend>', 'id or name')
    .option('--fixed-duration <duration>', 'a hard deadline, e.g. 10m')
    .option('--lease <lease>', 'the lease that owns the deployment')
    .option('--wait', 'until every container is running, or one failed')
    .action(
      async (options: { runtime: string; backend: string; fixedDuration?: string; lease?: string; wait?: boolean }) => {
        const { fixedDuration, ...rest } = options;
        await mutate(context, 'backend.deploy', { ...rest, fixed_duration: fixedDuration });
      },
    );
  withExample(backend.command('undeploy'), 'ppl backend undeploy --backend bck_01k…')
    .description('take a deployment down; its endpoint URLs stay and answer 404')
    .option('--backend <backend>', 'id or name')
    .option('--deployment <deployment>', 'id')
    .action(async (options: { backend?: string; deployment?: string }) => mutate(context, 'backend.undeploy', options));
  withExample(backend.command('delete <backend>'), 'ppl backend delete bck_01k…')
    .description('delete a backend that is not deployed')
    .action(async (ref: string) => mutate(context, 'backend.delete', { backend: ref }));

  withExample(
    program.command('forward <backend>'),
    'ppl forward bck_01k… | jq -r \'.items[] | select(.alias == "in") | .url\'',
  )
    .description('the endpoints of a backend; treat URLs and tokens as credentials')
    .action(async (ref: string) => {
      const items = await context.call('backend.forward', { backend: ref });
      printList(context.out, { count: items.length, items }, ['endpoint_name', 'alias', 'vertex_id', 'url', 'token']);
    });
}

function index(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('give a number from 0.');
  return Number(text);
}
