import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { withExample } from './help.ts';

const scripts: Readonly<Record<string, (words: string) => string>> = {
  bash: words => `_ppl() {
  local line="\${COMP_WORDS[*]:1:COMP_CWORD-1}"
  COMPREPLY=($(compgen -W "$(_ppl_words "$line")" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
_ppl_words() {
  case "$1" in
${words}
  esac
}
complete -o default -F _ppl ppl
`,
  zsh: words => `#compdef ppl
_ppl_words() {
  case "$1" in
${words}
  esac
}
_ppl() { compadd -- \${=$(_ppl_words "\${(j: :)words[2,CURRENT-1]}")} || _files }
compdef _ppl ppl
`,
  fish: words => `function __ppl_words
  switch (string join ' ' (commandline -opc)[2..])
${words}
  end
end
complete -c ppl -a '(__ppl_words)'
`,
};

export function addCompletion(program: Command): void {
  withExample(program.command('completion <shell>'), 'ppl completion bash >> ~/.bashrc')
    .description('a completion script for bash, zsh or fish')
    .action((shell: string) => {
      const script = scripts[shell];
      if (script === undefined)
        throw new AppError('usage', `There is no completion for ${shell}.`, {
          hint: 'There is for bash, zsh and fish.',
        });
      process.stdout.write(script(casesOf(program, shell === 'fish')));
    });
}

/** One case a command: the words that may follow it, also after arguments where it has no commands of its own. */
function casesOf(program: Command, fish: boolean): string {
  const lines: string[] = [];
  const visit = (command: Command, path: string) => {
    const words = [
      ...command.commands.map(child => child.name()),
      ...command.options.map(option => option.long ?? option.short ?? ''),
      '--help',
    ].join(' ');
    const isVerb = command.commands.length === 0;
    if (fish) lines.push(`    case '${path}'${isVerb ? ` '${path} *'` : ''}\n      string split ' ' -- '${words}'`);
    else lines.push(`    "${path}"${isVerb ? `|"${path} "*` : ''}) echo "${words}" ;;`);
    for (const child of command.commands) visit(child, path === '' ? child.name() : `${path} ${child.name()}`);
  };
  visit(program, '');
  return lines.join('\n');
}
