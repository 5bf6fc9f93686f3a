import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ElectronApplication, _electron as electron } from 'playwright-core';

const projectDir = resolve(import.meta.dirname, '../..');

/** The Electron that `npm test` and `npm run bench` bring. */
export function electronPath(): string {
  const path = process.env.PROOFBENCH_TEST_ELECTRON;
  if (path === undefined) throw new Error('Run this through npm test or npm run bench, which bring an Electron.');
  return path;
}

/** Arguments that start an app here: as root there is no sandbox to be had. */
export function electronArgs(app: string, args: readonly string[] = []): string[] {
  return [...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []), app, ...args];
}

/** Starts an Electron app, this project's unless another folder is given. */
export async function launchElectron(
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
  app = projectDir,
): Promise<ElectronApplication> {
  return electron.launch({
    executablePath: electronPath(),
    args: electronArgs(app, args),
    env: { ...(env as Record<string, string>), ...(await display()) },
  });
}

let screen: Promise<string> | undefined;

/** The display that is there, else a virtual one for as long as this process lives. */
export async function display(): Promise<{ DISPLAY?: string }> {
  if (process.platform !== 'linux') return {};
  if (process.env.DISPLAY !== undefined) return { DISPLAY: process.env.DISPLAY };
  screen ??= new Promise((found, failed) => {
    mkdirSync('/tmp/.X11-unix', { recursive: true });
    // It ends with this process, however that ends: a worker of the tests is not asked to exit, and its end of the pipe is closed all the same.
    const script = 'Xvfb "$@" & exec 3>&-; cat; kill $!';
    const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
    const child = spawn('sh', ['-c', script, 'sh', ...args], { stdio: ['pipe', 'ignore', 'ignore', 'pipe'] });
    child.once('error', failed);
    child.stdio[3]?.once('data', (number: Buffer) => found(`:${number.toString().trim()}`));
    child.stdio[3]?.once('end', () => failed(new Error('Xvfb did not start. Is it installed?')));
    child.unref();
  });
  return { DISPLAY: await screen };
}
