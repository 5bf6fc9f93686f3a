import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { AppCommand } from '../../shared/bridge.ts';

/** `proof://runs/run_…` and the like select what they name and never run anything. */
const link = /^proof:\/\/(runs|leases|bundles|runtime)(?:\/([a-z]{3}_[0-9a-z]{26}))?\/?$/;

/** What the arguments of a start of the app ask for: a link, or a bundle or manifest; undefined when nothing. */
export function openRequestOf(args: readonly string[], cwd: string): AppCommand | undefined {
  for (const argument of args.slice(1)) {
    const match = link.exec(argument);
    if (match !== null) return { kind: 'go', route: `/${match[1]}${match[2] === undefined ? '' : `/${match[2]}`}` };
    if (argument.startsWith('-') || argument.includes('://')) continue;
    const path = isAbsolute(argument) ? argument : resolve(cwd, argument);
    if (/\.(proof|ya?ml)$/i.test(path) && existsSync(path)) return { kind: 'open-path', path };
  }
  return undefined;
}
