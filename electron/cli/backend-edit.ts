import type { Command } from 'commander';
import { baseOption, exactlyOne, index } from './arguments.ts';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';

interface EdgeOptions {
  fromVertex: string;
  fromOutput: number;
  toVertex: string;
  toInput: number;
  base?: string;
}

/** An edit may say what it was made against. */
export function edit(command: Command): Command {
  return command.addOption(baseOption());
}

/** The verbs that change a graph, each one step of the backend's log. */
export function addBackendEdit(backend: Command, context: Context): void {
  withExample(
    edit(backend.command('add-vertex <backend>')),
    'ppl backend add-vertex bck_01k… --version ver_01k… --alias cut | jq -r .data.vertex_id',
  )
    .description('add a vertex that runs a version; its id is assigned and printed')
    .requiredOption('--version <version>', 'the exact version')
    .option('--alias <alias>', 'a name for it in this backend')
    .action(async (ref: string, options: { version: string; alias?: string; base?: string }) =>
      mutate(context, 'backend.add_vertex', { backend: ref, ...options }),
    );
  withExample(onVertex(backend.command('delete-vertex <backend>')), 'ppl backend delete-vertex bck_01k… --vertex cut')
    .description('remove a vertex with its edges, parameters, files and aliases, as one step')
    .action(async (ref: string, options: { vertex: string; base?: string }) =>
      mutate(context, 'backend.delete_vertex', { backend: ref, ...options }),
    );
  withExample(
    onVertex(backend.command('change-version <backend>')),
    'ppl backend change-version bck_01k… --vertex cut --version ver_01k…',
  )
    .description('pin another version of the component; edges, parameters and files stay and must fit it')
    .requiredOption('--version <version>', 'the exact version')
    .action(async (ref: string, options: { vertex: string; version: string; base?: string }) =>
      mutate(context, 'backend.change_version', { backend: ref, ...options }),
    );
  withExample(
    onEdge(backend.command('connect <backend>')),
    'ppl backend connect bck_01k… --from-vertex in --from-output 0 --to-vertex cut --to-input 0',
  )
    .description('connect an output to an input; refused when their types do not fit')
    .action(async (ref: string, options: EdgeOptions) => mutate(context, 'backend.connect', edgeInput(ref, options)));
  withExample(
    onEdge(backend.command('disconnect <backend>')),
    'ppl backend disconnect bck_01k… --from-vertex in --from-output 0 --to-vertex cut --to-input 0',
  )
    .description('remove an edge')
    .action(async (ref: string, options: EdgeOptions) =>
      mutate(context, 'backend.disconnect', edgeInput(ref, options)),
    );
  addSettings(backend, context);
}

/** What a vertex is given: parameters, files, names of its endpoints. */
function addSettings(backend: Command, context: Context): void {
  const parameterExample = `ppl backend change-parameter bck_01k… --vertex cut --name model_cfg --type String --value '"fastvit_t8"'`;
  withExample(onVertex(backend.command('change-parameter <backend>')), parameterExample)
    .description('set a parameter of a vertex; a mutable one also while it is deployed')
    .requiredOption('--name <name>', 'the parameter')
    .option('--type <type>', 'its type, checked against the component’s')
    .option('--value <literal>', 'a literal of the type language: "text" with its quotes, 1, [1, 2], {x: 1.0}')
    .option('--unset', 'back to its default')
    .action(
      async (
        ref: string,
        options: { vertex: string; name: string; type?: string; value?: string; unset?: true; base?: string },
      ) => {
        const { unset, ...rest } = options;
        exactlyOne({ '--value': rest.value, '--unset': unset }, parameterExample);
        await mutate(context, 'backend.change_parameter', { backend: ref, ...rest }, data =>
          tellDelivery(context, data),
        );
      },
    );
  withExample(
    onVertex(backend.command('add-file <backend>')),
    'ppl backend add-file bck_01k… --vertex cut --key weights --file fil_01k…',
  )
    .description('bind a file of the workspace to a file slot of a vertex')
    .requiredOption('--key <key>', 'the slot, a key of the component’s file_schema')
    .requiredOption('--file <file>', 'id or name')
    .action(async (ref: string, options: { vertex: string; key: string; file: string; base?: string }) =>
      mutate(context, 'backend.add_file', { backend: ref, ...options }),
    );
  withExample(
    onVertex(backend.command('remove-file <backend>')),
    'ppl backend remove-file bck_01k… --vertex cut --key weights',
  )
    .description('empty a file slot of a vertex')
    .requiredOption('--key <key>', 'the slot')
    .action(async (ref: string, options: { vertex: string; key: string; base?: string }) =>
      mutate(context, 'backend.remove_file', { backend: ref, ...options }),
    );
  const aliasExample = 'ppl backend change-endpoint-alias bck_01k… --vertex out --endpoint out --alias answers';
  withExample(onVertex(backend.command('change-endpoint-alias <backend>')), aliasExample)
    .description('give an endpoint a name of its own, which ppl forward tells; its URL stays')
    .requiredOption('--endpoint <name>', 'the endpoint, as its component declares it')
    .option('--alias <alias>', 'the name')
    .option('--unset', 'by its vertex’s alias again')
    .action(
      async (
        ref: string,
        options: { vertex: string; endpoint: string; alias?: string; unset?: true; base?: string },
      ) => {
        const { unset, ...rest } = options;
        exactlyOne({ '--alias': rest.alias, '--unset': unset }, aliasExample);
        await mutate(context, 'backend.change_endpoint_alias', { backend: ref, ...rest });
      },
    );
}

/** A value that is recorded but that a running container has not taken yet is worth a word. */
export function tellDelivery(context: Context, { delivered }: { delivered: boolean | null }): void {
  if (delivered === false)
    context.out.hint(
      'Recorded. The running container has not acknowledged the new value; it has it from its next start.',
    );
}

function onVertex(command: Command): Command {
  return edit(command.requiredOption('--vertex <vertex>', 'id or alias'));
}

function onEdge(command: Command): Command {
  return edit(
    command
      .requiredOption('--from-vertex <vertex>', 'id or alias')
      .requiredOption('--from-output <index>', 'from 0', index)
      .requiredOption('--to-vertex <vertex>', 'id or alias')
      .requiredOption('--to-input <index>', 'from 0', index),
  );
}

function edgeInput(backend: string, options: EdgeOptions) {
  return {
    backend,
    from_vertex: options.fromVertex,
    from_output: options.fromOutput,
    to_vertex: options.toVertex,
    to_input: options.toInput,
    base: options.base,
  };
}
