import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import type { Context } from './context.ts';
import { withExample } from './help.ts';
import { printList } from './out.ts';

const defaultLingerMs = { idle: 3000, withEndpoints: 600_000 };
/** An app that is still there after this has started. */
const openedMs = 1500;

/** The machine's side: runtimes, doctor, the host. */
export function addMachine(program: Command, context: Context): void {
  const runtime = program.command('runtime').description('engines that deployments run on');
  withExample(runtime.command('list'), 'ppl runtime list')
    .description('list runtimes')
    .action(async () => printList(context.out, await context.call('runtime.list', {}), ['id', 'name', 'engine']));
  withExample(runtime.command('show <runtime>'), 'ppl runtime show local')
    .description('one runtime and its engine')
    .action(async (ref: string) => context.out.data(await context.call('runtime.show', { runtime: ref })));

  withExample(program.command('doctor'), 'ppl doctor')
    .description('what is wrong with this machine, each with its fix')
    .action(async () => {
      const { checks } = await context.call('doctor.run', {});
      if (context.out.isTerminal) {
        for (const { status, title, detail, fix } of checks) {
          process.stdout.write(
            `${{ ok: '✓', warn: '!', fail: '✗' }[status]} ${title}: ${detail}\n${fix === undefined ? '' : `  fix: ${fix}\n`}`,
          );
        }
      } else context.out.data({ count: checks.length, items: checks });
      const failed = checks.find(check => check.status === 'fail');
      if (failed !== undefined) process.exitCode = failed.id.startsWith('engine') ? 3 : 1;
    });

  withExample(program.command('open [file]'), 'ppl open evidence.proof')
    .description('open the app, on a manifest or a bundle if one is given')
    .action((file?: string) => openApp(context, file));

  const host = program.command('host').description('the one process that owns a workspace; started when it is needed');
  withExample(host.command('run', { isDefault: true }), 'ppl host')
    .description('be the host, until asked to leave')
    .option('--background', 'leave when nobody is connected and nothing is live')
    .action(async ({ background }: { background?: boolean }) => runHost(context, background === true));
  withExample(host.command('info'), 'ppl host info')
    .description('the host that is running, starting one if there is none')
    .action(async () => context.out.data(await context.call('host.info', {})));
  withExample(host.command('stop'), 'ppl host stop')
    .description('ask the host to leave; what is live stays up for the next one')
    .action(async () => {
      const { askHostToLeave } = await import('../host/take-over.ts');
      await askHostToLeave(context.home);
    });
}

async function runHost(context: Context, background: boolean): Promise<void> {
  const { startHost } = await import('../host/host.ts');
  const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  const host = await startHost({
    home: context.home,
    env: context.env,
    resources: context.resources,
    version: context.version,
    log,
    ...(background ? { lingerMs: lingerOf(context.env.PROOFBENCH_HOST_LINGER_MS) } : {}),
  });
  if (host === undefined) {
    // The loser of a race: its caller finds the winner.
    if (background) return;
    throw new AppError('workspace_locked', `Another process owns the workspace ${context.home}.`, {
      hint: 'Ask it to leave: ppl host stop.',
    });
  }
  process.on('SIGINT', () => void host.leave());
  process.on('SIGTERM', () => void host.leave());
  await host.left;
  process.exit(0);
}

/** The app goes on by itself: it is not tied to the terminal that opened it. */
async function openApp(context: Context, file: string | undefined): Promise<void> {
  const script = join(dirname(context.resources), 'scripts/start.mjs');
  for (const path of [script, ...(file === undefined ? [] : [context.path(file)])]) {
    if (!existsSync(path)) throw new AppError('file_not_found', `${path} does not exist.`, { details: { path } });
  }
  const child = spawn(process.execPath, [script, ...(file === undefined ? [] : [context.path(file)])], {
    detached: true,
    stdio: 'ignore',
    env: context.env,
  });
  const early = await new Promise<number | null>(resolve => {
    child.once('exit', code => resolve(code ?? 1));
    setTimeout(() => resolve(null), openedMs).unref();
  });
  // Where the app is open already, the second start has handed over and ended well.
  if (early !== null && early !== 0)
    throw new AppError('internal', `The app ended at once with exit code ${early}.`, {
      hint: 'See why: npm start, in the folder of Proofbench.',
    });
  child.unref();
}

function lingerOf(set: string | undefined): typeof defaultLingerMs {
  return set === undefined ? defaultLingerMs : { idle: Number(set), withEndpoints: Number(set) };
}
