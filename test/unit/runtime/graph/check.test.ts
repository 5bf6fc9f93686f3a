import { describe, expect, it } from 'vitest';
import { checkOperation } from '../../../../electron/runtime/graph/check.ts';
import { applyOperation } from '../../../../electron/runtime/graph/graph.ts';
import { graphHash } from '../../../../electron/runtime/graph/hash.ts';
import type { GraphOperation } from '../../../../electron/runtime/graph/operation.ts';
import type { ErrorCode } from '../../../../shared/errors.ts';
import { add, connect, fileLookup, graphOf, lookup, release } from './graphs.ts';

const files = fileLookup();
const releases = lookup(release('camera', [], ['Image', '[Int32]']), release('show', ['Image'], [], { size: 'Int32' }));
const graph = graphOf(add('in', 'camera'), add('out', 'show'), add('spare', 'show'), connect('in', 'out'));
const set = (vertex_id: string, name: string, type: string, value: unknown): GraphOperation => ({
  type: 'change-parameter',
  payload: { vertex_id, name, type, value },
});

function refused(operation: GraphOperation, code: ErrorCode, message: RegExp, hint?: RegExp) {
  expect(() => checkOperation(graph, operation, releases, files)).toThrow(
    expect.objectContaining({
      code,
      message: expect.stringMatching(message),
      ...(hint === undefined ? {} : { hint: expect.stringMatching(hint) }),
    }),
  );
}

describe('an operation that may not land', () => {
  it.each<[string, GraphOperation]>([
    ['a vertex', add('third', 'show')],
    ['an edge', connect('in', 'spare')],
    ['a parameter', set('vtx_out', 'size', 'Int32', 3)],
    ['the end of an edge', { type: 'disconnect', payload: connect('in', 'out').payload }],
    ['the end of a vertex', { type: 'delete-vertex', payload: { vertex_id: 'vtx_spare' } }],
  ])('does not keep back what is right: %s', (_what, operation) => {
    expect(() => checkOperation(graph, operation, releases, files)).not.toThrow();
  });

  it('names the vertices that there are', () => {
    refused(connect('in', 'outt'), 'not_found', /no vertex vtx_outt/, /in \(vtx_in\), out \(vtx_out\), spare/);
    refused({ type: 'delete-vertex', payload: { vertex_id: 'vtx_x' } }, 'not_found', /vtx_x/, /in \(vtx_in\)/);
  });

  it('names the ports that there are, with their types', () => {
    refused(connect('in', 'spare', 2), 'not_found', /Vertex in has no output 2/, /0 \(Image\), 1 \(\[Int32\]\)/);
    refused(connect('in', 'spare', 0, 1), 'not_found', /Vertex spare has no input 1/, /0 \(Image\)/);
    refused(connect('out', 'spare'), 'not_found', /Vertex out has no output 0/, /It has no outputs/);
  });

  it('names the parameters that there are and the type that is meant', () => {
    refused(set('vtx_out', 'sise', 'Int32', 1), 'not_found', /has no parameter sise/, /It has: size/);
    refused(set('vtx_in', 'size', 'Int32', 1), 'not_found', /has no parameter size/, /none/);
    refused(set('vtx_out', 'size', 'Int64', 1), 'value_invalid', /of type Int32, not Int64/, /--type Int32/);
    refused(set('vtx_out', 'size', 'Int32', 'x'), 'value_invalid', /parameter size is not of type Int32/);
    refused(set('vtx_out', 'size', 'Int3', 1), 'type_invalid', /did you mean Int32/);
  });

  it('is a conflict where something is there already, or still in use', () => {
    refused(add('in', 'show', 'vtx_new'), 'conflict', /a vertex in already/);
    refused(connect('in', 'out'), 'conflict', /in\.0 → out\.0 is there already/);
    refused({ type: 'delete-vertex', payload: { vertex_id: 'vtx_in' } }, 'conflict', /in\.0 → out\.0/);
  });

  it('is not found where the version or the edge is not there', () => {
    refused(add('x', 'nothing'), 'not_found', /ver_nothing/);
    refused({ type: 'disconnect', payload: connect('in', 'spare').payload }, 'not_found', /in\.0 → spare\.0/);
  });

  it('is a mismatch where the types do not fit', () => {
    refused(connect('in', 'spare', 1), 'type_mismatch', /in\.1 → spare\.0: \[Int32\] does not fit Image/);
  });

  it('is wrong usage where it is malformed', () => {
    refused(add('1st', 'show'), 'usage', /an alias begins with a letter/);
    refused(connect('in', 'spare', -1), 'usage', /connect/);
  });

  it('is not found for a parameter named like a member of every object', () => {
    refused(set('vtx_out', 'constructor', 'Int32', 1), 'not_found', /has no parameter constructor/);
  });

  it('is a conflict where a vertex of that id is there already', () => {
    refused(add('new', 'show', 'vtx_in'), 'conflict', /vtx_in/);
  });

  it('is a conflict to create what is there already', () => {
    const create: GraphOperation = { type: 'create', payload: { name: 'again' } };
    expect(() => checkOperation(graphOf(create), create, releases, files)).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
  });

  it('takes a union in any order, which is no other graph', () => {
    const unions = lookup(release('show', [], [], { mode: 'Int32 | String' }));
    const one = graphOf(add('out', 'show'));
    const hashes = ['Int32 | String', 'String | Int32'].map(type => {
      const operation = set('vtx_out', 'mode', type, 1);
      checkOperation(one, operation, unions, files);
      return graphHash(applyOperation(one, operation), unions, files);
    });
    expect(hashes[0]).toBe(hashes[1]);
  });
});
