import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const program = resolve(import.meta.dirname, '../../../electron/cli/index.ts');

function scriptFor(shell: string): string {
  return execFileSync(process.execPath, [program, 'completion', shell], { encoding: 'utf8' });
}

/** What bash offers after the words of a line, the last of which is being typed. */
function offered(script: string, words: string[]): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'proofbench-completion-'));
  try {
    const file = join(dir, 'ppl.bash');
    writeFileSync(file, script);
    const run = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ppl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', run, file, ...words], { encoding: 'utf8' })
      .trim()
      .split('\n');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('completion', () => {
  it.skipIf(process.platform === 'win32')('in bash offers the verbs of a noun and the options of a verb', () => {
    const script = scriptFor('bash');
    expect(offered(script, ['ppl', 'backend', 'ch'])).toEqual([
      'change-version',
      'change-parameter',
      'change-endpoint-alias',
    ]);
    expect(offered(script, ['ppl', 'container', 'stats', '--'])).toEqual([
      '--deployment',
      '--follow',
      '--json',
      '--help',
    ]);
    expect(offered(script, ['ppl', 'backend', 'undo', 'bck_01k', '--b']), 'after an argument, too').toEqual(['--base']);
  });

  it('knows every verb in zsh and fish', () => {
    for (const shell of ['zsh', 'fish']) {
      const script = scriptFor(shell);
      for (const verb of ['backend fork', 'backend redo', 'deployment events', 'container stats'])
        expect(script).toContain(verb);
    }
  });
});
