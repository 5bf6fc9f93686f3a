import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';

export interface SubprocessOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export interface SubprocessResult {
  /** Null where a signal ended it. */
  code: number | null;
  stdout: string;
  /** stdout and stderr as they came. */
  output: string;
}

/** Runs a program to its end and keeps what it wrote. A failing exit code is a result, not an error. */
export function runSubprocess(
  command: string,
  args: string[],
  options: SubprocessOptions = {},
): Promise<SubprocessResult> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that an abort reaches what it started as well.
      detached: !windows,
      // npm is a .cmd there, which only a shell runs.
      shell: windows && /\.(cmd|bat)$/i.test(command),
    });
    const stdout: Buffer[] = [];
    const output: Buffer[] = [];
    let stopped: Error | undefined;
    const stop = (reason: Error) => {
      stopped ??= reason;
      if (child.pid === undefined) return;
      try {
        if (windows) child.kill('SIGKILL');
        else process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const onAbort = () => stop(new AppError('cancelled', `Cancelled: ${command}.`));
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => stop(new AppError('timed_out', `${command} took longer than ${options.timeoutMs} ms.`)),
            options.timeoutMs,
          );
    options.signal?.addEventListener('abort', onAbort);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', error => {
      settle();
      reject(stopped ?? new AppError('exec_failed', `${command} cannot be run: ${error.message}`, { cause: error }));
    });
    child.once('close', code => {
      settle();
      if (stopped) reject(stopped);
      else resolve({ code, stdout: Buffer.concat(stdout).toString(), output: Buffer.concat(output).toString() });
    });
  });
}

/** The full path of a program on PATH, or undefined. */
export function findExecutable(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (!folder) continue;
    for (const ending of endings) {
      const path = join(folder, name + ending);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}
