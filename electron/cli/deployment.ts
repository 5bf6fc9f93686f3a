import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import type { Context } from './context.ts';
import { withExample } from './help.ts';
import { printList } from './out.ts';

export function addDeployment(program: Command, context: Context): void {
  const deployment = program.command('deployment').description('what backends run as');
  withExample(deployment.command('list'), 'ppl deployment list')
    .description('list deployments, the newest first')
    .action(async () =>
      printList(context.out, await context.call('deployment.list', {}), [
        'id',
        'status',
        'backend_id',
        'container_count',
        'expires_at',
      ]),
    );
  withExample(deployment.command('show <deployment>'), 'ppl deployment show dep_01k…')
    .description('one deployment, with the reason if it failed')
    .action(async (ref: string) => context.out.data(await context.call('deployment.show', { deployment: ref })));

  const container = program.command('container').description('containers of deployments, one a vertex');
  withExample(container.command('list'), 'ppl container list --deployment dep_01k…')
    .description('list containers')
    .option('--deployment <deployment>', 'only those of this deployment')
    .action(async (options: { deployment?: string }) =>
      printList(context.out, await context.call('container.list', options), [
        'id',
        'alias',
        'status',
        'exit_code',
        'deployment_id',
      ]),
    );
  withExample(container.command('logs <container>'), 'ppl container logs ctr_01k… --follow')
    .description('what a container wrote, byte for byte, in the order it arrived; also after it is gone')
    .option('--follow', 'go on until the container ends')
    .option('--stream <name>', 'only stdout or only stderr')
    .action(async (ref: string, { follow, stream }: { follow?: boolean; stream?: string }) => {
      if (stream !== undefined && stream !== 'stdout' && stream !== 'stderr') {
        throw new AppError('usage', `There is no stream ${stream}.`, { hint: 'Give stdout or stderr.' });
      }
      const caller = await context.caller();
      for await (const chunk of caller.stream('container.logs', { container: ref, follow, stream })) {
        context.out.raw(Buffer.from(chunk.base64, 'base64'));
      }
    });
}
