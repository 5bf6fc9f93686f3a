import fc from 'fast-check';
import type { Backends } from '../../../../electron/runtime/backend/backends.ts';
import { releases } from './desk.ts';

const alias = fc.constantFrom('a', 'b', 'c', 'd');
const version = fc.constantFrom(...releases.map(each => each.version_id));
const port = fc.constantFrom(0, 0, 0, 1);
const edge = fc.record({ from_vertex: alias, from_output: port, to_vertex: alias, to_input: port });

/** One edit by a person; many are refused, as they are in life. */
export type Edit = (backends: Backends, id: string, base?: string) => unknown;

/** Edits of everything but the order in which they were made. */
export const edits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(version, alias).map(
      ([v, a]): Edit =>
        (all, id, base) =>
          all.addVertex(id, v, a, base),
    ),
  },
  {
    weight: 1,
    arbitrary: alias.map(
      (a): Edit =>
        (all, id, base) =>
          all.deleteVertex(id, a, base),
    ),
  },
  {
    weight: 8,
    arbitrary: edge.map(
      (e): Edit =>
        (all, id, base) =>
          all.connect(id, e, base),
    ),
  },
  {
    weight: 2,
    arbitrary: edge.map(
      (e): Edit =>
        (all, id, base) =>
          all.disconnect(id, e, base),
    ),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(alias, fc.constantFrom('size', 'fps', 'label', 'key'), fc.constantFrom('1', '2', '"x"', undefined))
      .map(
        ([a, name, value]): Edit =>
          (all, id, base) =>
            all.changeParameter(id, a, name, value, undefined, base),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(alias, fc.constantFrom('fil_weights', 'fil_onnx', 'fil_text')).map(
      ([a, file]): Edit =>
        (all, id, base) =>
          all.addFile(id, a, 'weights', file, base),
    ),
  },
  {
    weight: 1,
    arbitrary: alias.map(
      (a): Edit =>
        (all, id, base) =>
          all.removeFile(id, a, 'weights', base),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(alias, version).map(
      ([a, v]): Edit =>
        (all, id, base) =>
          all.changeVersion(id, a, v, base),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(alias, fc.constantFrom('in', 'out', 'tap'), fc.constantFrom('front', 'back', null)).map(
      ([a, endpoint, to]): Edit =>
        (all, id, base) =>
          all.changeEndpointAlias(id, a, endpoint, to, base),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('one', 'two').map(
      (name): Edit =>
        (all, id, base) =>
          all.rename(id, name, base),
    ),
  },
);

export const travels: fc.Arbitrary<Edit> = fc
  .tuple(fc.constantFrom('undo' as const, 'redo' as const), fc.constantFrom(1, 1, 2, 3))
  .map(
    ([way, steps]): Edit =>
      (all, id, base) =>
        all[way](id, steps, base),
  );
