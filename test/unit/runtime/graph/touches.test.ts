import { describe, expect, it } from 'vitest';
import type { GraphOperation } from '../../../../electron/runtime/graph/operation.ts';
import { firstOverlap } from '../../../../electron/runtime/graph/touches.ts';
import { add, connect } from './graphs.ts';

const set = (alias: string, name: string): GraphOperation => ({
  type: 'change-parameter',
  payload: { vertex_id: `vtx_${alias}`, name, type: 'Int32', value: 1 },
});
const remove = (alias: string): GraphOperation => ({ type: 'delete-vertex', payload: { vertex_id: `vtx_${alias}` } });
const version: GraphOperation = { type: 'change-version', payload: { vertex_id: 'vtx_a', version_id: 'ver_2' } };
const bind = (key: string): GraphOperation => ({
  type: 'add-file',
  payload: { vertex_id: 'vtx_a', key, file_id: 'fil_1' },
});
const name = (alias: string, to: string | null): GraphOperation => ({
  type: 'change-endpoint-alias',
  payload: { vertex_id: `vtx_${alias}`, endpoint: 'in', alias: to },
});
const rename: GraphOperation = { type: 'rename', payload: { name: 'two' } };

const meets = (since: GraphOperation, mine: GraphOperation) =>
  firstOverlap([{ operation: since }], [mine]) !== undefined;

describe('two edits made without knowing of each other', () => {
  it.each<[string, GraphOperation, GraphOperation]>([
    ['one parameter', set('a', 'size'), set('a', 'size')],
    ['one edge', connect('a', 'b'), connect('a', 'b')],
    ['one name', rename, rename],
    ['one file slot', bind('weights'), { type: 'remove-file', payload: { vertex_id: 'vtx_a', key: 'weights' } }],
    ['one endpoint', name('a', 'x'), name('a', null)],
    ['one endpoint alias', name('a', 'x'), name('b', 'x')],
    ['one vertex alias', add('a', 'show', 'vtx_1'), add('a', 'show', 'vtx_2')],
    ['a vertex that is gone', remove('a'), set('a', 'size')],
    ['an end of an edge that is gone', remove('a'), connect('a', 'b')],
    ['a vertex of another version', version, set('a', 'size')],
  ])('meet in %s', (_what, since, mine) => {
    expect(meets(since, mine)).toBe(true);
  });

  it.each<[string, GraphOperation, GraphOperation]>([
    ['two parameters of one vertex', set('a', 'size'), set('a', 'fps')],
    ['one parameter of two vertices', set('a', 'size'), set('b', 'size')],
    ['two edges of one vertex', connect('a', 'b'), connect('a', 'c')],
    ['two slots', bind('weights'), bind('labels')],
    ['the name and a vertex', rename, remove('a')],
    ['two vertices', add('a', 'show'), add('b', 'show')],
    ['a parameter and the version, which is checked anew', set('a', 'size'), version],
  ])('do not meet in %s', (_what, since, mine) => {
    expect(meets(since, mine)).toBe(false);
  });

  it('are told apart by the first that meets', () => {
    const since = [rename, set('a', 'fps'), set('a', 'size')].map((operation, index) => ({
      operation,
      seq: index + 1,
    }));
    expect(firstOverlap(since, [connect('a', 'b'), set('a', 'size')])).toMatchObject({
      between: { seq: 3 },
      touched: 'parameter size of vertex vtx_a',
    });
  });
});
