import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = resolve(import.meta.dirname, '../../../electron/cli/index.ts');
const home = mkdtempSync(join(tmpdir(), 'proofbench-help-'));
/** Help by command, the program's own under the empty name. */
const helps = new Map<string, string>();

/** `ppl lease run <manifest>` and its like, as a group's help lists them. */
function commandsIn(help: string): string[] {
  const list = /^Commands:\n((?: {2}.*\n?)*)/m.exec(help)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(match => match[1] as string).filter(name => name !== 'help');
}

async function visit(path: string[]): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...path, '--help'], {
    env: { ...process.env, PROOFBENCH_HOME: home, NO_COLOR: '1' },
  });
  helps.set(path.join(' '), stdout);
  await Promise.all(commandsIn(stdout).map(name => visit([...path, name])));
}

beforeAll(() => visit([]), 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('help', () => {
  it('lists the verbs there are', () => {
    for (const verb of [
      'proof run',
      'lease run',
      'component publish',
      'backend deploy',
      'backend fork',
      'container stats',
      'doctor',
    ])
      expect([...helps.keys()]).toContain(verb);
    expect(helps.size).toBeGreaterThan(50);
  });

  it('of every verb ends with an example of that verb', () => {
    const without = [...helps].filter(([path, help]) => {
      if (commandsIn(help).length > 0 && path !== '') return false;
      const example = /\nExample:\n {2}(.+)/.exec(help)?.[1];
      // `ppl host` is `ppl host run`.
      return example === undefined || !example.includes(`ppl ${path === 'host run' ? 'host' : path}`.trim());
    });
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('says what every verb and every option is for', () => {
    const silent = [...helps].flatMap(([path, help]) =>
      [...help.matchAll(/^ {2}(-\S+(?: \S+)*)$/gm)].map(match => `${path}: ${match[1]}`),
    );
    expect(silent.filter(line => !line.includes('ppl '))).toEqual([]);
  });

  it('starts no host and leaves nothing in the workspace', () => {
    expect(readdirSync(home)).toEqual([]);
  });
});
