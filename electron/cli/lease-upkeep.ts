import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type LeaseState, leaseState } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';

export function stateOption(): Option {
  return new Option('--state <state>', 'only those in this state').choices(leaseState.options);
}

/** What is done with a lease besides opening and ending it. */
export function addLeaseUpkeep(lease: Command, context: Context): void {
  withExample(lease.command('wait <lease>'), 'ppl lease wait lse_01k… --timeout 4m')
    .description('until what is deployed under it runs; exit 6 after --timeout')
    .addOption(new Option('--for <what>', 'running, or closed: until it has ended').choices(['running', 'closed']))
    .option('--timeout <duration>', 'how long at most, e.g. 4m; as long as it takes, if not given')
    .action(async (ref: string, options: { for?: 'running' | 'closed'; timeout?: string }) =>
      context.out.data(await context.call('lease.wait', { lease: ref, ...options })),
    );
  withExample(lease.command('promote <lease> <resource...>'), 'ppl lease promote lse_01k… bck_01k… fil_01k…')
    .description('hand single resources to the workspace, with what they need; the rest stays with the lease')
    .action(async (ref: string, resources: string[]) => mutate(context, 'lease.promote', { lease: ref, resources }));
  withExample(lease.command('set-result <lease> <json>'), `ppl lease set-result lse_01k… '{"accuracy": 0.93}'`)
    .description('keep a result of your own with it: JSON, @file, or - for standard input; the last one counts')
    .action(async (ref: string, text: string) =>
      mutate(context, 'lease.set_result', { lease: ref, result: jsonOf(text, context) }),
    );
  withExample(lease.command('collect-outputs <lease>'), 'ppl lease collect-outputs lse_01k…')
    .description('save what its run captured as files of the workspace')
    .action(async (ref: string) => mutate(context, 'lease.collect_outputs', { lease: ref }));
  withExample(lease.command('delete <lease>'), 'ppl lease delete lse_01k…')
    .description('forget a lease that has ended, with its run and logs; evidence stays')
    .action(async (ref: string) => mutate(context, 'lease.delete', { lease: ref }));
  withExample(lease.command('delete-bulk'), 'ppl lease delete-bulk --label ci --older-than 24h')
    .description('roll back what is open of all that match, and forget them; at least one filter is needed')
    .option('--label <label>', 'only those with this label')
    .addOption(stateOption())
    .option('--older-than <duration>', 'only those opened so long ago, e.g. 24h')
    .option('--dry-run', 'only count them')
    .action(async (options: { label?: string; state?: LeaseState; olderThan?: string; dryRun?: boolean }) => {
      const { label, state, olderThan, dryRun } = options;
      await mutate(context, 'lease.delete_bulk', { label, state, older_than: olderThan, dry_run: dryRun });
    });
}

function jsonOf(given: string, context: Context) {
  const text =
    given === '-' ? readFileSync(0, 'utf8') : given.startsWith('@') ? fileText(given.slice(1), context) : given;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('usage', `The result is not JSON: ${error instanceof Error ? error.message : error}.`, {
      hint: `Quote it for your shell: '{"accuracy": 0.93}'`,
    });
  }
}

function fileText(given: string, context: Context): string {
  const path = context.path(given);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('file_not_found', `${path} could not be read.`, { details: { path }, cause: error });
  }
}
