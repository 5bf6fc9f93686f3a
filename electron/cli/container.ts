import { type Command, Option } from 'commander';
import type { ContainerStats } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { index } from './arguments.ts';
import type { Context } from './context.ts';
import { withExample } from './help.ts';
import { printList } from './out.ts';
import { StatsTable } from './stats-table.ts';
import { printStream } from './stream.ts';

export function addContainer(program: Command, context: Context): void {
  const container = program.command('container').description('containers of deployments, one a vertex');
  withExample(container.command('list'), 'ppl container list --deployment dep_01k…')
    .description('list containers')
    .option('--deployment <deployment>', 'only those of this deployment')
    .action(async (options: { deployment?: string }) =>
      printList(context.out, await context.call('container.list', options), [
        'id',
        'alias',
        'status',
        'restarts',
        'exit_code',
        'deployment_id',
      ]),
    );
  withExample(container.command('logs <container>'), 'ppl container logs ctr_01k… --follow --tail 20')
    .description('what a container wrote, byte for byte, in the order it arrived; also after it is gone')
    .option('--follow', 'go on until the container has ended')
    .option('--since <time>', 'only what came since then: a duration back from now, e.g. 5m, or an RFC 3339 time')
    .option('--tail <lines>', 'only the last so many lines of what there is', index)
    .addOption(new Option('--stream <name>', 'only stdout or only stderr').choices(['stdout', 'stderr']))
    .action(
      async (ref: string, options: { follow?: boolean; since?: string; tail?: number; stream?: 'stdout' | 'stderr' }) =>
        printStream(
          context,
          'container.logs',
          { container: ref, ...options },
          chunk => context.out.raw(Buffer.from(chunk.base64, 'base64')),
          options.follow === true ? { follow: true } : { follow: false },
        ),
    );
  withExample(container.command('stats'), 'ppl container stats --deployment dep_01k… --follow')
    .description('what containers use now, as NDJSON, one line a container; a table on a terminal')
    .argument('[container]', 'one container; all that run, if neither it nor a deployment is given')
    .option('--deployment <deployment>', 'those of this deployment')
    .option('--follow', 'again each second until they have ended')
    .action((ref: string | undefined, options: { deployment?: string; follow?: boolean }) =>
      stats(context, ref, options),
    );
}

async function stats(
  context: Context,
  container: string | undefined,
  { deployment, follow }: { deployment?: string; follow?: boolean },
): Promise<void> {
  if (container !== undefined && deployment !== undefined)
    throw new AppError('usage', 'Give either a container or --deployment, not both.');
  const table = context.out.isTerminal ? new StatsTable(context.out, follow === true) : undefined;
  const print = (row: ContainerStats) => (table === undefined ? context.out.line(row) : table.take(row));
  await printStream(context, 'container.stats', { container, deployment, follow }, print, { follow });
  table?.end();
}
