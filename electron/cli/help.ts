import type { Command } from 'commander';

/** Every verb's help ends with an example that works. */
export function withExample(command: Command, example: string): Command {
  return command.addHelpText('after', `\nExample:\n  ${example}`);
}
