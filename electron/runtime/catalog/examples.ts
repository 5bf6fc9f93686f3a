import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExampleRow } from '../../../shared/contract/index.ts';

/** The examples that come with the product: each a folder with a proof and a README. */
export function listExamples(examplesDir: string): ExampleRow[] {
  if (!existsSync(examplesDir)) return [];
  return readdirSync(examplesDir)
    .sort()
    .map(name => ({
      name,
      manifest: join(examplesDir, name, 'proof.yml'),
      readme: join(examplesDir, name, 'README.md'),
    }))
    .filter(({ manifest }) => existsSync(manifest))
    .map(({ name, manifest, readme }) => ({
      name,
      description: existsSync(readme) ? firstParagraph(readFileSync(readme, 'utf8')) : '',
      manifest,
    }));
}

function firstParagraph(markdown: string): string {
  const paragraph = markdown.split(/\n\s*\n/).find(part => part.trim() !== '' && !part.startsWith('#'));
  return paragraph?.trim().replace(/\s*\n\s*/g, ' ') ?? '';
}
