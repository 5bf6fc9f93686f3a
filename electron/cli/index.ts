import { Command, CommanderError } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { addBackend } from './backend.ts';
import { addCompletion } from './completion.ts';
import { addComponent } from './component.ts';
import { addContainer } from './container.ts';
import { makeContext } from './context.ts';
import { addDeployment } from './deployment.ts';
import { addFile } from './file.ts';
import { addLease } from './lease.ts';
import { addMachine } from './machine.ts';
import { Out } from './out.ts';
import { addProof } from './proof.ts';

// Started by a launcher that holds a channel: its end is ours, however it ended.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
process.stderr.on('error', () => undefined);
await main();

async function main(): Promise<void> {
  const out = new Out();
  process.stdout.on('error', error => {
    if (!['EPIPE', 'EOF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    out.readerLeft();
  });
  try {
    await using context = makeContext(out);
    const program = new Command('ppl')
      .description('Prove on your own laptop, offline, that a backend does what it should mean to do.')
      .version(context.version, '-V, --version')
      .option('--json', 'JSON on a terminal too')
      .enablePositionalOptions()
      .addHelpText('after', '\nExample:\n  ppl proof run resources/examples/pets/proof.yml');
    addComponent(program, context);
    addFile(program, context);
    addBackend(program, context);
    addDeployment(program, context);
    addContainer(program, context);
    addLease(program, context);
    addProof(program, context);
    addMachine(program, context);
    addCompletion(program);
    for (const command of everyCommand(program)) {
      const hint = `See: ${pathOf(command)} --help`;
      command.showHelpAfterError(`  ${hint}`);
      command.exitOverride(error => {
        throw Object.assign(error, { hint });
      });
      command.configureOutput({ writeErr: text => void (process.stderr.isTTY && process.stderr.write(text)) });
      if (command !== program) command.option('--json', 'JSON on a terminal too');
      command.on('option:json', () => {
        out.json = true;
      });
    }
    await program.parseAsync();
  } catch (thrown) {
    process.exitCode = report(out, thrown);
  }
  if (out.abandoned) process.exit();
}

function report(out: Out, thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return 0;
    if (!process.stderr.isTTY) {
      const message = thrown.code === 'commander.help' ? 'Give a command.' : thrown.message.replace(/^error: /, '');
      const { hint } = thrown as CommanderError & { hint?: string };
      out.error(new AppError('usage', message, { hint: hint ?? 'See: ppl --help' }));
    }
    return 2;
  }
  const error = AppError.from(thrown);
  out.error(error);
  if (error.code === 'internal' && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
  return error.exitCode;
}

/** As it is written: `ppl backend connect`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
