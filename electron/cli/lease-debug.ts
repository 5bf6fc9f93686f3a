import type { Command } from 'commander';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';

/** `ppl lease debug`. */
export function addLeaseDebug(lease: Command, context: Context): void {
  withExample(lease.command('debug <lease>'), 'ppl lease debug lse_01k… --out ./what-went-wrong.zip')
    .description(
      'collect logs, events, graph and what Docker tells of it in one zip without secrets, for a person to read',
    )
    .option('--out <file>', 'a file or folder; into the workspace’s folder debug unless given')
    .option('--overwrite', 'replace a file that is there')
    .action((ref: string, { out, overwrite }: { out?: string; overwrite?: boolean }) =>
      mutate(context, 'lease.debug', {
        lease: ref,
        ...(out === undefined ? {} : { to: context.path(out) }),
        ...(overwrite === undefined ? {} : { overwrite }),
      }),
    );
}
