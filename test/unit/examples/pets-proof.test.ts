import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluate, toCel } from '../../../electron/runtime/proof/cel.ts';
import { parseManifest } from '../../../electron/runtime/proof/manifest.ts';
// @ts-expect-error The example is plain JavaScript without declarations.
import { decode } from '../../../resources/examples/pets/src/detect.js';
import type { WireType } from '../../../shared/types/wire.ts';

interface Box {
  class: { id: number; name: string; confidence: number };
  rectangle: { x: number; y: number; width: number; height: number };
}
type Answers = Record<string, { width: number; height: number; rows: number[][] }>;

const example = join(import.meta.dirname, '../../../resources/examples/pets/proof.yml');
const manifest = parseManifest(readFileSync(example, 'utf8'), example);
const minScore = Number(manifest.graph.vertices.cut?.params?.min_score?.value);
/** What the model and its copy in 8-bit integers answered for the example's pictures: rows of x1, y1, x2, y2, score, class. */
const { f32, int8 } = JSON.parse(readFileSync(join(import.meta.dirname, 'pets-answers.json'), 'utf8')) as Record<
  'f32' | 'int8',
  Answers
>;
const boxes: WireType = {
  list: {
    record: {
      class: { record: { id: 'Int32', name: 'String', confidence: 'Double' } },
      rectangle: { record: { x: 'Double', y: 'Double', width: 'Double', height: 'Double' } },
    },
  },
};

describe('the boxes of dog.jpg', () => {
  it('are the car, the bicycle and the dog where they are in the picture', () => {
    const found = boxesOf(f32, 'dog').filter(box => box.class.confidence >= 0.35);
    expect(
      found.map(({ class: { name }, rectangle: { x, y, width, height } }) => [
        name,
        ...[x, y, x + width, y + height].map(Math.round),
      ]),
    ).toEqual([
      ['car', 473, 81, 683, 165],
      ['bicycle', 111, 125, 564, 446],
      ['dog', 125, 207, 313, 543],
    ]);
  });

  it('have the dog once, though the model names it twice', () => {
    expect(f32.dog?.rows.filter(row => row[5] === 16 && (row[4] ?? 0) >= minScore)).toHaveLength(2);
    expect(boxesOf(f32, 'dog').filter(box => box.class.name === 'dog')).toHaveLength(1);
  });
});

describe('the expectations of the example', () => {
  it('hold for what the model answers, but for the warning that its risks name', () => {
    expect(unmet(f32, 'error')).toEqual([]);
    expect(unmet(f32, 'warn')).toEqual(['person']);
  });

  it('part the model from its 8-bit copy, to which the dog is nearly a cow', () => {
    expect(unmet(int8, 'error')).toEqual(['person']);
  });

  it('fail in every case for a model whose classes are numbered from one', () => {
    expect(
      new Set(
        unmet(
          changed(row => [...row.slice(0, 5), (row[5] ?? 0) + 1]),
          'error',
        ),
      ),
    ).toEqual(new Set(['dog', 'eagle', 'horses', 'person']));
  });

  it('fail for boxes that were not brought back to the size of the picture', () => {
    const square = Object.fromEntries(
      Object.entries(f32).map(([name, { rows }]) => [name, { width: 512, height: 512, rows }]),
    );
    expect(unmet(square, 'error')).toContain('dog');
  });

  it('fail for a model that finds nothing', () => {
    const nothing = Object.fromEntries(Object.entries(f32).map(([name, answer]) => [name, { ...answer, rows: [] }]));
    expect(new Set(unmet(nothing, 'error'))).toEqual(new Set(['dog', 'eagle', 'horses', 'person']));
  });
});

/** The case of each expectation that is not true of the answers. */
function unmet(answers: Answers, severity: 'error' | 'warn'): string[] {
  return (manifest.proof?.cases ?? []).flatMap(({ name, expect: { that } }) => {
    const output = toCel(boxesOf(answers, name), boxes);
    return that.filter(each => each.severity === severity && !isTrue(each.expr, output)).map(() => name);
  });
}

/** An expression that throws is no match, as in a run. */
function isTrue(expression: string, output: unknown): boolean {
  try {
    return evaluate(expression, output, [output]);
  } catch {
    return false;
  }
}

function boxesOf(answers: Answers, picture: string): Box[] {
  const answer = answers[picture];
  return decode(answer?.rows.flat(), answer, minScore);
}

function changed(change: (row: number[]) => number[]): Answers {
  return Object.fromEntries(
    Object.entries(f32).map(([name, answer]) => [name, { ...answer, rows: answer.rows.map(change) }]),
  );
}
