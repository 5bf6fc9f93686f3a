import { delimiter, dirname } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { findExecutable } from '../../base/subprocess.ts';

/** Where npm is, and an environment in which it runs on its own Node and on its own settings only. */
export function npmEnvironment(env: NodeJS.ProcessEnv = process.env): { npm: string; env: NodeJS.ProcessEnv } {
  const npm = findExecutable('npm', env);
  if (!npm) {
    throw new AppError('build_failed', 'npm is not on the PATH, and a component has npm dependencies.', {
      hint: 'Install Node.js with npm, then try again.',
    });
  }
  const clean: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(env)) {
    // What an outer `npm run` sets describes our own package and would send this npm to the wrong folder.
    if (
      /^npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|prefix|global|workspace))/i.test(
        name,
      )
    )
      continue;
    clean[name] = value;
  }
  clean.PATH = `${dirname(npm)}${delimiter}${env.PATH ?? env.Path ?? ''}`;
  clean.npm_config_update_notifier = 'false';
  return { npm, env: clean };
}
