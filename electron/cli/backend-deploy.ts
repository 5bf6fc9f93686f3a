import type { Command } from 'commander';
import { exactlyOne } from './arguments.ts';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';

/** The verbs that make a backend run. */
export function addBackendDeploy(backend: Command, context: Context): void {
  withExample(backend.command('deploy'), 'ppl backend deploy --runtime local --backend bck_01k… --wait')
    .description('run the backend as containers; answers when it is accepted, with --wait when it runs')
    .requiredOption('--runtime <runtime>', 'id or name, e.g. local')
    .requiredOption('--backend <backend>', 'id or name')
    .option('--debug', 'log at level debug, with a line for every message received and emitted')
    .option('--fixed-duration <duration>', 'a hard deadline, e.g. 10m; without it the deployment extends itself')
    .option('--wait', 'until every container is running, or it failed')
    .option('--lease <lease>', 'the lease that owns the deployment')
    .action(
      async ({
        fixedDuration,
        ...rest
      }: {
        runtime: string;
        backend: string;
        debug?: boolean;
        fixedDuration?: string;
        wait?: boolean;
        lease?: string;
      }) => {
        await mutate(context, 'backend.deploy', { ...rest, fixed_duration: fixedDuration });
      },
    );
  const redeployExample = 'ppl backend redeploy --backend bck_01k…';
  withExample(ofOne(backend.command('redeploy')), redeployExample)
    .description('replace the containers by fresh ones of the backend as it is now, behind the same URLs')
    .action(async (options: { backend?: string; deployment?: string }) => {
      exactlyOne({ '--backend': options.backend, '--deployment': options.deployment }, redeployExample);
      await mutate(context, 'backend.redeploy', options);
    });
  const undeployExample = 'ppl backend undeploy --backend bck_01k…';
  withExample(ofOne(backend.command('undeploy')), undeployExample)
    .description('take a deployment down; its endpoint URLs stay and answer 404')
    .action(async (options: { backend?: string; deployment?: string }) => {
      exactlyOne({ '--backend': options.backend, '--deployment': options.deployment }, undeployExample);
      await mutate(context, 'backend.undeploy', options);
    });
}

function ofOne(command: Command): Command {
  return command.option('--backend <backend>', 'id or name').option('--deployment <deployment>', 'id');
}
