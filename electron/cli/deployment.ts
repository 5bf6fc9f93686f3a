import type { Command } from 'commander';
import type { DeploymentEvent } from '../../shared/contract/index.ts';
import { index } from './arguments.ts';
import type { Context } from './context.ts';
import { withExample } from './help.ts';
import { facts, printList, tableOf } from './out.ts';
import { printStream } from './stream.ts';

const containerColumns = ['id', 'alias', 'status', 'restarts', 'exit_code'] as const;

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
        'generation',
        'debug',
        'expires_at',
      ]),
    );
  withExample(deployment.command('show <deployment>'), 'ppl deployment show dep_01k…')
    .description('one deployment, its containers, what happened to it, and the reason if it failed')
    .action((ref: string) => show(context, ref));
  withExample(deployment.command('events <deployment>'), 'ppl deployment events dep_01k… --follow')
    .description('what happened to a deployment, as NDJSON: its status, its containers’, redeployments, new values')
    .option('--follow', 'go on until it is gone or has failed')
    .option('--after <seq>', 'only those after this one', index)
    .action(async (ref: string, { follow, after }: { follow?: boolean; after?: number }) => {
      const input = { deployment: ref, follow, after };
      const print = (event: DeploymentEvent) =>
        context.out.isTerminal ? context.out.text(eventText(event)) : context.out.line(event);
      await printStream(context, 'deployment.events', input, print, {
        follow,
        resume: ({ seq }) => ({ ...input, after: seq }),
      });
    });
}

async function show(context: Context, ref: string): Promise<void> {
  const row = await context.call('deployment.show', { deployment: ref });
  const { out } = context;
  if (!out.isTerminal) return out.data(row);
  out.text(
    facts({
      deployment: row.id,
      status: row.status,
      error: row.error === null ? null : `${row.error.code}: ${firstLine(row.error.message)}`,
      backend: row.backend_id,
      runtime: row.runtime_id,
      generation: String(row.generation),
      debug: row.debug ? 'yes' : null,
      expires_at: row.expires_at === null ? null : `${row.expires_at}${row.fixed ? ', fixed' : ', extends itself'}`,
      lease: row.lease_id,
    }),
  );
  if (row.containers.length > 0) out.text(['', ...tableOf(row.containers, containerColumns)].join('\n'));
  if (row.events.length > 0) out.text(['', ...row.events.map(eventText)].join('\n'));
}

/** The end of a container's log may follow it; `ppl container logs` has that. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string;
}

/** One event as a line for people. */
export function eventText({ seq, at, type, detail }: DeploymentEvent): string {
  const { from, to, alias, status, ...rest } = detail;
  const what =
    type === 'status'
      ? [from === undefined || from === null ? `${to}` : `${from} → ${to}`]
      : [alias, status].filter(word => word !== undefined && word !== null);
  const others = Object.entries(rest)
    .filter(([key, value]) => value !== null && value !== undefined && !(key === 'restarts' && value === 0))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? firstLine(value) : JSON.stringify(value)}`);
  return `${String(seq).padStart(4)}  ${at}  ${[type.padEnd(9), ...what, ...others].join(' ')}`.trimEnd();
}
