import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readComponentFile } from '../../../electron/runtime/catalog/component-file.ts';
import { parseManifest } from '../../../electron/runtime/proof/manifest.ts';
import { exitCodeOf } from '../../../shared/errors.ts';
import { runEvent } from '../../../shared/events.ts';
import { catalog } from '../../../shared/types/catalog.ts';

const root = resolve(import.meta.dirname, '../../..');
const help = join(root, 'resources/help');
const page = (name: string) => readFileSync(join(help, name), 'utf8');

describe('the help', () => {
  it('says of every error what to do', () => {
    const text = page('errors.md');
    for (const code of Object.keys(exitCodeOf)) expect(text, code).toContain(`| \`${code}\``);
  });

  it('gives every error the exit code it has', () => {
    let section = 0;
    for (const line of page('errors.md').split('\n')) {
      section = Number(/^## .* exit (\d+)$/.exec(line)?.[1] ?? (line.startsWith('## ') ? 0 : section));
      const [, code, own] = /^\| `([a-z_]+)`(?: \(exit (\d+)\))? \|/.exec(line) ?? [];
      if (code !== undefined && section !== 0)
        expect([code, exitCodeOf[code as keyof typeof exitCodeOf]]).toEqual([code, Number(own ?? section)]);
    }
  });

  it('describes every event with all its fields', () => {
    const rows = page('events.md').split('\n');
    for (const { shape } of runEvent.options) {
      const row = rows.find(line => line.startsWith(`| \`${shape.type.value}\``)) ?? '';
      // Named for issues of their own, later.
      const later = ['debug_bundle', ...(shape.type.value === 'file_bound' ? Object.keys(shape) : [])];
      for (const field of Object.keys(shape))
        if (!['type', 'seq', 'at', 'lease_id', ...later].includes(field))
          expect(row, `${shape.type.value}.${field}`).toContain(`\`${field}\``);
    }
  });

  it('lists every named type of the catalog', () => {
    for (const name of Object.keys(catalog)) expect(page('component.md'), name).toContain(`\`${name}`);
  });

  it('shows a manifest that is valid', () => {
    expect(parseManifest(block(page('manifest.md'), 'yaml'), 'manifest.yml').proof?.cases).toHaveLength(1);
  });

  it('links to pages that are there', () => {
    for (const [folder, name] of [
      [root, 'README.md'],
      ...readdirSync(help).map(each => [help, each] as const),
    ] as const)
      for (const [, target] of readFileSync(join(folder, name), 'utf8').matchAll(/\]\(([^)#:]+)\)/g))
        expect(existsSync(join(folder, target as string)), `${name}: ${target}`).toBe(true);
  });
});

describe('the first proof of the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');

  it('has a component and a manifest that are taken as they are', () => {
    const dir = mkdtempSync(join(tmpdir(), 'proofbench-readme-'));
    try {
      for (const [, path, text] of readme.matchAll(
        /```\w+\n(?:#|\/\/) (component\.yml|src\/main\.js)\n([^`]*(?:`[^`\n]+`[^`]*)*)```/g,
      )) {
        mkdirSync(dirname(join(dir, path as string)), { recursive: true });
        writeFileSync(join(dir, path as string), text as string);
      }
      expect(readComponentFile(dir)).toMatchObject({ name: 'Fahrenheit', inputs: ['Double'], entry: 'src/main.js' });
    } finally {
      rmSync(dir, { recursive: true });
    }
    const manifest = parseManifest(block(readme, 'yaml', '# proof.yml'), 'proof.yml');
    expect(manifest.proof?.cases[0]?.expect.that).toEqual([{ expr: 'output == 212.0', severity: 'error' }]);
  });
});

/** The first fenced block of a language, of those that begin with `first`. */
function block(text: string, language: string, first = ''): string {
  const found = [...text.matchAll(/```(\w+)\n([\s\S]*?)\n```/g)].find(
    match => match[1] === language && match[2]?.startsWith(first),
  );
  return found?.[2] ?? '';
}
