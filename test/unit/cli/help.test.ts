import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeContext } from '../../../electron/cli/context.ts';
import { Out } from '../../../electron/cli/out.ts';
import { everyCommand, makeProgram, pathOf } from '../../../electron/cli/program.ts';

const home = mkdtempSync(join(tmpdir(), 'proofbench-help-'));
/** Help by command. */
const helps = new Map<string, { command: Command; help: string }>();

beforeAll(() => {
  vi.stubEnv('PROOFBENCH_HOME', home);
  for (const command of everyCommand(makeProgram(makeContext(new Out())))) {
    let help = '';
    command.configureOutput({ writeOut: text => (help += text) });
    command.outputHelp();
    helps.set(pathOf(command), { command, help });
  }
});
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
      expect([...helps.keys()]).toContain(`ppl ${verb}`);
    expect(helps.size).toBeGreaterThan(50);
  });

  it('of every verb ends with an example of that verb', () => {
    const without = [...helps].filter(([path, { command, help }]) => {
      if (command.commands.length > 0 && path !== 'ppl') return false;
      const example = /\nExample:\n {2}(.+)/.exec(help)?.[1];
      // `ppl host` is `ppl host run`.
      return example === undefined || !example.includes(path === 'ppl host run' ? 'ppl host' : path);
    });
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('says what every verb and every option is for', () => {
    const silent = [...helps].flatMap(([path, { help }]) =>
      [...help.matchAll(/^ {2}(-\S+(?: \S+)*)$/gm)].map(match => `${path}: ${match[1]}`),
    );
    expect(silent).toEqual([]);
  });

  it('starts no host and leaves nothing in the workspace', () => {
    expect(readdirSync(home)).toEqual([]);
  });
});
