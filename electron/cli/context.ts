import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Input, Output, UnaryName } from '../../shared/contract/index.ts';
import type { Caller } from '../host/caller.ts';
import { workspaceHome } from '../host/workspace-home.ts';
import { type Out, printData } from './out.ts';

/** What every verb works with. */
export interface Context {
  readonly out: Out;
  /** Where relative paths start: npm tells its scripts where they were called from. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly version: string;
  readonly resources: string;
  /** The workspace, through its host; connected when first used. */
  caller(): Promise<Caller>;
  /** Calls one procedure, showing its progress, and returns its answer. */
  call<N extends UnaryName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** Absolute form of a path as the user gave it. */
  path(given: string): string;
}

export function makeContext(out: Out): Context & AsyncDisposable {
  const env = process.env;
  const cwd = env.INIT_CWD ?? process.cwd();
  const root = packageRoot();
  let caller: Caller | undefined;
  const context = {
    out,
    cwd,
    env,
    home: workspaceHome(env),
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    resources: join(root, 'resources'),
    async caller() {
      if (caller === undefined) {
        const { Caller } = await import('../host/caller.ts');
        caller = new Caller({
          home: context.home,
          command: [process.execPath, process.argv[1] as string, 'host', 'run', '--background'],
          env,
        });
      }
      return caller;
    },
    async call<N extends UnaryName>(name: N, input: Input<N>): Promise<Output<N>> {
      const interrupt = new AbortController();
      const onInterrupt = () => interrupt.abort();
      process.once('SIGINT', onInterrupt);
      try {
        return await (await context.caller()).call(name, input, {
          signal: interrupt.signal,
          onProgress: step => out.progress(step),
        });
      } finally {
        process.off('SIGINT', onInterrupt);
        out.progressDone();
      }
    },
    path: (given: string) => resolve(cwd, given),
    async [Symbol.asyncDispose]() {
      await caller?.[Symbol.asyncDispose]();
    },
  };
  return context;
}

/** Calls a mutation and prints `{"data": …}`, the shape of the platform's CLI (platform-facts §11). */
export async function mutate<N extends UnaryName>(
  context: Context,
  name: N,
  input: Input<N>,
  after?: (data: Output<N>) => void,
): Promise<void> {
  const data = await context.call(name, input);
  printData(context.out, data);
  after?.(data);
}

/** The folder of package.json: some levels above this file, built or not. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) || !existsSync(join(folder, 'resources'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json of Proofbench was not found');
    folder = parent;
  }
  return folder;
}
