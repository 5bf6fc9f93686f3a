import type { Command } from 'commander';
import { count } from './arguments.ts';
import { addBackendDeploy } from './backend-deploy.ts';
import { addBackendEdit, edit } from './backend-edit.ts';
import { addBackendHistory } from './backend-history.ts';
import { type Context, mutate } from './context.ts';
import { graphText } from './graph-text.ts';
import { withExample } from './help.ts';
import { facts, printList } from './out.ts';

export function addBackend(program: Command, context: Context): void {
  const backend = program
    .command('backend')
    .description('typed graphs of pinned component versions, their history and what they run as');
  withExample(backend.command('create'), 'ppl backend create --name "live test" | jq -r .data.backend_id')
    .description('make an empty backend')
    .option('--name <name>', 'display name')
    .option('--lease <lease>', 'the lease that owns it')
    .action(async ({ name, lease }: { name?: string; lease?: string }) =>
      mutate(context, 'backend.create', { name, lease }),
    );
  withExample(backend.command('list'), 'ppl backend list')
    .description('list backends, the newest first')
    .action(async () => {
      const list = await context.call('backend.list', {});
      printList(context.out, list, ['id', 'name', 'head_seq', 'created_at']);
      for (const { error } of list.items) if (error !== null) context.out.hint(error.message);
    });
  withExample(backend.command('show <backend>'), 'ppl backend show bck_01k… | jq -r .head_hash')
    .description('a backend, its graph and its deployment')
    .action((ref: string) => show(context, ref));
  withExample(edit(backend.command('rename <backend>')), 'ppl backend rename bck_01k… --name "live test 2"')
    .description('give it another name; also while it is deployed')
    .requiredOption('--name <name>', 'display name')
    .action(async (ref: string, options: { name: string; base?: string }) =>
      mutate(context, 'backend.rename', { backend: ref, ...options }),
    );
  withExample(backend.command('fork <backend>'), 'ppl backend fork bck_01k… --at 12 --name staging')
    .description('make a sibling of the same graph, with its own history, endpoints and deployment')
    .option('--at <seq>', 'the graph as it was after this operation; now, if not given', count)
    .option('--name <name>', 'display name')
    .option('--lease <lease>', 'the lease that owns it')
    .action(async (ref: string, options: { at?: number; name?: string; lease?: string }) =>
      mutate(context, 'backend.fork', { backend: ref, ...options }),
    );
  withExample(backend.command('delete <backend>'), 'ppl backend delete bck_01k…')
    .description('delete a backend that is not deployed')
    .action(async (ref: string) => mutate(context, 'backend.delete', { backend: ref }));
  addBackendEdit(backend, context);
  addBackendHistory(backend, context);
  addBackendDeploy(backend, context);

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

async function show(context: Context, ref: string): Promise<void> {
  const row = await context.call('backend.show', { backend: ref });
  if (!context.out.isTerminal) return context.out.data(row);
  const { deployment } = row;
  context.out.text(
    facts({
      backend: `${row.id}  ${row.name}`,
      head: `operation ${row.head_seq}`,
      head_hash: row.head_hash,
      graph_hash: row.graph_hash,
      lease: row.lease_id,
      deployment: deployment === null ? 'none' : `${deployment.id}  ${deployment.status}`,
    }),
  );
  context.out.text(graphText(row));
}
