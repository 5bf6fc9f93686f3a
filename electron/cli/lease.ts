import type { Command } from 'commander';
import type { LeaseState } from '../../shared/contract/index.ts';
import { count } from './arguments.ts';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';
import { addLeaseDebug } from './lease-debug.ts';
import { addLeaseUpkeep, stateOption } from './lease-upkeep.ts';
import { printList } from './out.ts';
import { runLiveTest } from './run.ts';

export function addLease(program: Command, context: Context): void {
  const lease = program.command('lease').description('scopes that own and clean up everything temporary');
  withExample(lease.command('run'), 'ppl lease run --test=tests/live-test.yml --runtime=local')
    .description('run a live test: publish, fixtures, deploy, events as NDJSON; exit 0 on ready, 1 on failed')
    .requiredOption('--test <manifest>', 'the test’s manifest')
    .option('--runtime <runtime>', 'id or name', 'local')
    .option('--cut-version-id <version>', 'test this version instead of publishing the working directory')
    .option('--label <label>', 'label of the lease')
    .option('--ttl <duration>', 'the lease’s lifetime at most, e.g. 30m')
    .option('--keep-lease', 'leave everything up for inspection')
    .option(
      '--exec <command>',
      'after ready, run this with PPL_ENDPOINT_<ALIAS>_URL and _TOKEN set; its failure is exit 1',
    )
    .option('--offline', 'never try the network')
    .action(options => runLiveTest(context, options));
  withExample(lease.command('create'), 'ppl lease create --ttl 1h --label demo | jq -r .data.lease_id')
    .description('open a lease; pass its id to --lease of what you make')
    .option('--runtime <runtime>', 'id or name')
    .option('--ttl <duration>', 'lifetime, 30m unless given, 24h at most')
    .option('--label <label>', 'a name to find it by')
    .action(async (options: { runtime?: string; ttl?: string; label?: string }) =>
      mutate(context, 'lease.create', options),
    );
  withExample(lease.command('list'), 'ppl lease list --state open')
    .description('list leases, the newest first')
    .option('--label <label>', 'only those with this label')
    .addOption(stateOption())
    .option('--limit <count>', 'at most so many; 1000 unless given', count)
    .action(async (options: { label?: string; state?: LeaseState; limit?: number }) =>
      printList(context.out, await context.call('lease.list', options), [
        'id',
        'state',
        'label',
        'expires_at',
        'closed_at',
      ]),
    );
  withExample(lease.command('show <lease>'), 'ppl lease show lse_01k…')
    .description('a lease, what it owns, and its receipt once it has ended')
    .action(async (ref: string) => context.out.data(await context.call('lease.show', { lease: ref })));
  withExample(lease.command('renew <lease>'), 'ppl lease renew lse_01k… --ttl=30m')
    .description('move the deadline of an open lease')
    .requiredOption('--ttl <duration>', 'from now, 24h at most')
    .action(async (ref: string, { ttl }: { ttl: string }) => mutate(context, 'lease.renew', { lease: ref, ttl }));
  withExample(lease.command('commit <lease>'), 'ppl lease commit lse_01k…')
    .description('keep everything it owns and close it')
    .action(async (ref: string) => mutate(context, 'lease.commit', { lease: ref }));
  withExample(lease.command('rollback <lease>'), 'ppl lease rollback lse_01k…')
    .description('discard everything it owns and close it; prints the receipt')
    .action(async (ref: string) => mutate(context, 'lease.rollback', { lease: ref }));
  addLeaseUpkeep(lease, context);
  addLeaseDebug(lease, context);
}
