import type { Command } from 'commander';
import { count, index } from './arguments.ts';
import { edit, tellDelivery } from './backend-edit.ts';
import { type Context, mutate } from './context.ts';
import { diffText, graphText } from './graph-text.ts';
import { withExample } from './help.ts';
import { operationTable } from './operation-text.ts';
import { facts } from './out.ts';

/** The verbs on a backend's log of operations. */
export function addBackendHistory(backend: Command, context: Context): void {
  for (const [verb, description] of [
    ['undo', 'take the last step back; one command is one step'],
    ['redo', 'do again what the last undo took back'],
  ] as const) {
    withExample(edit(backend.command(`${verb} <backend>`)), `ppl backend ${verb} bck_01k… 2`)
      .description(description)
      .argument('[steps]', 'how many, 1 unless given', count)
      .action(async (ref: string, steps: number | undefined, options: { base?: string }) =>
        mutate(context, `backend.${verb}`, { backend: ref, steps, ...options }, data => tellDelivery(context, data)),
      );
  }
  withExample(backend.command('operations <backend>'), 'ppl backend operations bck_01k… --after 100 --limit 50')
    .description('the log of operations that the graph is the replay of, the oldest first')
    .option('--after <seq>', 'only those after this one', index)
    .option('--limit <n>', 'at most so many, 10000 unless given', count)
    .action((ref: string, options: { after?: number; limit?: number }) => operations(context, ref, options));
  withExample(backend.command('graph <backend>'), 'ppl backend graph bck_01k… --at 12 | jq .graph')
    .description('the graph, now or as it was')
    .option('--at <seq>', 'as it was after this operation', count)
    .action((ref: string, options: { at?: number }) => graph(context, ref, options));
  withExample(backend.command('diff <backend>'), 'ppl backend diff bck_01k… --at 12')
    .description('what is different from one graph to another: of two points of a log, or of two backends')
    .option('--at <seq>', 'from the graph after this operation; now, if not given', count)
    .option('--to <backend>', 'to this backend; to the same one, if not given')
    .option('--to-at <seq>', 'to the graph after this operation; now, if not given', count)
    .action((ref: string, options: { at?: number; to?: string; toAt?: number }) => diff(context, ref, options));
  withExample(backend.command('verify <backend>'), 'ppl backend verify bck_01k…')
    .description('replay the log from its first operation and check every hash, inverse and step, and the snapshot')
    .action(async (ref: string) => {
      const report = await context.call('backend.verify', { backend: ref });
      if (!context.out.isTerminal) return context.out.data(report);
      context.out.text(`verified: ${report.operations} operations, each follows from the one before`);
      context.out.text(facts({ head_hash: report.head_hash, graph_hash: report.graph_hash }));
    });
  withExample(backend.command('compact <backend>'), 'ppl backend compact bck_01k…')
    .description('rewrite the log to the shortest that gives the same graph; what evidence names stays, undo does not')
    .action(async (ref: string) => mutate(context, 'backend.compact', { backend: ref }));
}

async function operations(context: Context, ref: string, options: { after?: number; limit?: number }): Promise<void> {
  const list = await context.call('backend.operations', { backend: ref, ...options });
  if (!context.out.isTerminal) return context.out.data(list);
  const last = list.items.at(-1)?.seq;
  if (last === undefined) return context.out.hint('None.');
  const { vertices } = await context.call('backend.graph', { backend: ref });
  const aliases = new Map(vertices.map(vertex => [vertex.vertex_id, vertex.alias]));
  context.out.text(operationTable(list.items, aliases, process.stdout.columns));
  if (last < list.count) context.out.hint(`There are ${list.count}: go on with --after ${last}.`);
}

async function graph(context: Context, ref: string, options: { at?: number }): Promise<void> {
  const row = await context.call('backend.graph', { backend: ref, ...options });
  if (!context.out.isTerminal) return context.out.data(row);
  context.out.text(
    facts({
      backend: `${row.backend_id}  ${row.name}`,
      at: `operation ${row.seq}`,
      hash: row.hash,
      graph_hash: row.graph_hash,
    }),
  );
  context.out.text(graphText(row));
}

async function diff(
  context: Context,
  ref: string,
  { toAt, ...options }: { at?: number; to?: string; toAt?: number },
): Promise<void> {
  const report = await context.call('backend.diff', { backend: ref, ...options, to_at: toAt });
  if (!context.out.isTerminal) context.out.data(report);
  else if (report.count === 0) context.out.hint('No difference.');
  else context.out.text(diffText(report.items));
}
