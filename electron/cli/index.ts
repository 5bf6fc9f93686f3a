import { CommanderError } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { makeContext } from './context.ts';
import { Out } from './out.ts';
import { makeProgram } from './program.ts';

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
    await makeProgram(context).parseAsync();
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
