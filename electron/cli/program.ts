import { Command } from 'commander';
import { addBackend } from './backend.ts';
import { addCompletion } from './completion.ts';
import { addComponent } from './component.ts';
import { addContainer } from './container.ts';
import type { Context } from './context.ts';
import { addDeployment } from './deployment.ts';
import { addFile } from './file.ts';
import { addLease } from './lease.ts';
import { addMachine } from './machine.ts';
import { addProof } from './proof.ts';

/** `ppl` with all its verbs, each with its help. What it throws for a wrong command line is commander's error with a `hint`. */
export function makeProgram(context: Context): Command {
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
      context.out.json = true;
    });
  }
  return program;
}

/** As it is written: `ppl backend connect`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** A command and all below it, each before its own. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
