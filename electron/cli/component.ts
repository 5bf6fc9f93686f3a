import type { Command } from 'commander';
import { type Context, mutate } from './context.ts';
import { withExample } from './help.ts';
import { printList, printTable } from './out.ts';

export function addComponent(program: Command, context: Context): void {
  const component = program.command('component').description('components and their versions');
  withExample(component.command('list'), 'ppl component list --query=Input')
    .description('list components; the lean list ends at 20')
    .option('--query <text>', 'only those whose name has this in it')
    .option('--all', 'without the cap of 20')
    .action(async ({ query, all }: { query?: string; all?: boolean }) => {
      printList(context.out, await context.call('component.list', { query, all }), ['id', 'name', 'latest_version_id']);
    });
  withExample(
    component.command('versions <component>'),
    'ppl component versions cmp_01k… | jq -r \'.[] | select(.tags[]? == "latest") | .id\'',
  )
    .description('versions of a component, newest first, as a bare JSON array')
    .action(async (ref: string) => {
      const versions = await context.call('component.versions', { component: ref });
      if (context.out.isTerminal) printTable(versions, ['id', 'state', 'tags', 'image_digest', 'created_at']);
      else context.out.data(versions);
    });
  withExample(component.command('publish'), 'cd my-component && ppl component publish')
    .description('build the component of the working directory as an immutable prerelease')
    .option('--lease <lease>', 'the lease that owns it')
    .option('--offline', 'never try the network')
    .action(async ({ lease, offline }: { lease?: string; offline?: boolean }) => {
      await mutate(context, 'component.publish', { dir: context.cwd, lease, offline });
    });
  withExample(component.command('promote'), 'ppl component promote --evidence evd_01k… --note "better on dogs"')
    .description('release the newest prerelease of the working directory’s component and move its tags')
    .option('--evidence <evidence>', 'promote the version that this evidence pins, if it verifies')
    .option('--note <text>', 'why')
    .action(async ({ evidence, note }: { evidence?: string; note?: string }) => {
      await mutate(context, 'component.promote', { dir: context.cwd, evidence, note });
    });
}
