import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { listExamples } from '../../../../electron/runtime/catalog/examples.ts';

it('lists the examples, each with the first paragraph of its README', () => {
  const examples = listExamples(resolve(import.meta.dirname, '../../../../resources/examples'));
  expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(['pets', 'word-stats-py']));
  expect(examples.every(({ manifest }) => existsSync(manifest))).toBe(true);
  const words = examples.find(({ name }) => name === 'word-stats-py');
  expect(words?.description).toBe(
    'Counts the words of a text: how many, how many distinct, their mean length, and the most frequent ones.',
  );
});
