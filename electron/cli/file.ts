import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';
import { printList } from './out.ts';

export function addFile(program: Command, context: Context): void {
  const file = program.command('file').description('files: fixtures and other immutable data');
  withExample(
    file.command('upload <path>'),
    'ppl file upload dog.jpg --type image --name "A dog" --readme "From darknet"',
  )
    .description('store a file in the workspace')
    .option('--type <type>', 'file type, such as image or json; told from the name otherwise')
    .option('--name <name>', 'display name')
    .option('--readme <text>', 'what it is, or @file')
    .option('--lease <lease>', 'the lease that owns it')
    .action(
      async (
        path: string,
        { type, name, readme, lease }: Record<'type' | 'name' | 'readme' | 'lease', string | undefined>,
      ) => {
        await mutate(context, 'file.upload', {
          path: context.path(path),
          type,
          name,
          readme: readmeText(readme, context),
          lease,
        });
      },
    );
  withExample(file.command('list'), 'ppl file list')
    .description('list files')
    .action(async () =>
      printList(context.out, await context.call('file.list', {}), ['id', 'name', 'type', 'bytes', 'sha256']),
    );
  withExample(file.command('delete <file>'), 'ppl file delete fil_01k…')
    .description('remove a file that no evidence names')
    .action(async (ref: string) => mutate(context, 'file.delete', { file: ref }));
}

function readmeText(readme: string | undefined, context: Context): string | undefined {
  if (!readme?.startsWith('@')) return readme;
  try {
    return readFileSync(context.path(readme.slice(1)), 'utf8');
  } catch (cause) {
    throw new AppError('file_not_found', `The readme ${readme.slice(1)} cannot be read.`, { cause });
  }
}
