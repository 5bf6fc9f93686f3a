import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { told } from '../graph/graphs.ts';
import { Desk, tried } from './desk.ts';
import { type Edit, edits, travels } from './edits.ts';

const runs = { numRuns: 40 };

async function withFiles(desk: Desk): Promise<void> {
  for (const type of ['weights', 'onnx', 'text']) await desk.file(`fil_${type}`, type);
}

async function edited(desk: Desk, some: readonly Edit[]): Promise<string> {
  await withFiles(desk);
  const id = desk.backends.create('one', null);
  for (const edit of some) await tried(() => edit(desk.backends, id));
  return id;
}

describe('whatever is done to a backend', () => {
  it('is replayed from any point of its log, and holds when it is verified', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 5, arbitrary: edits }, { weight: 1, arbitrary: travels }), { maxLength: 60 }),
        async some => {
          using desk = new Desk();
          await withFiles(desk);
          const { backends } = desk;
          const id = backends.create('one', null);
          const seen = new Map([[1, told(backends.state(id).graph)]]);
          for (const edit of some) {
            const before = backends.state(id);
            const isDone = await tried(() => edit(backends, id));
            const { graph, headSeq } = backends.state(id);
            if (!isDone) expect(backends.state(id)).toMatchObject({ headHash: before.headHash, graph: before.graph });
            seen.set(headSeq, told(graph));
          }
          const reader = desk.reader();
          for (const [seq, graph] of seen) expect(told(reader.at(id, seq).graph)).toBe(graph);
          expect(reader.verify(id)).toMatchObject({
            head_hash: backends.state(id).headHash,
            graph_hash: backends.graphHash(id),
          });
          expect(desk.store.backends.get(id)?.name).toBe(backends.state(id).graph.name);
        },
      ),
      runs,
    ));

  it('is undone to the empty graph and redone to the same one', () =>
    fc.assert(
      fc.asyncProperty(fc.array(edits, { maxLength: 60 }), async some => {
        using desk = new Desk();
        const id = await edited(desk, some);
        const { backends } = desk;
        const [whole, hash] = [told(backends.state(id).graph), backends.graphHash(id)];
        const empty = backends.graphHash(backends.at(id, 1).graph);
        let steps = 0;
        while (await tried(() => backends.undo(id, 1))) steps += 1;
        expect(backends.graphHash(id)).toBe(empty);
        expect(backends.state(id).graph.name).toBe('one');
        if (steps > 0) await backends.redo(id, steps);
        expect(told(backends.state(id).graph)).toBe(whole);
        expect(backends.graphHash(id)).toBe(hash);
        if (steps > 0) await desk.reader().undo(id, steps);
        expect(backends.graphHash(desk.reader().state(id).graph)).toBe(empty);
        backends.verify(id);
      }),
      runs,
    ));

  it('is the same graph when it was compacted, in no more operations, and when it was forked', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 5, arbitrary: edits }, { weight: 1, arbitrary: travels }), { maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (some, share) => {
          using desk = new Desk();
          const id = await edited(desk, some);
          const { backends } = desk;
          const { graph, headSeq } = backends.state(id);
          const [whole, hash] = [told(graph), backends.graphHash(id)];
          const fork = backends.fork(id, { leaseId: null }).backend_id;
          expect(backends.graphHash(fork)).toBe(hash);
          expect(backends.diff({ id }, { id: fork }).items.map(item => item.kind)).toEqual(['name']);

          const kept = Math.floor(share * headSeq);
          if (kept > 0) desk.prove(id, kept);
          const prefix = desk.store.backends.operations(id, 0, kept);
          expect(backends.compact(id).after).toBeLessThanOrEqual(headSeq);
          const reader = desk.reader();
          expect(told(reader.state(id).graph)).toBe(whole);
          expect(reader.verify(id).graph_hash).toBe(hash);
          if (kept > 0) expect(desk.store.backends.operations(id, 0, kept)).toEqual(prefix);
          if (kept === 0) expect(await tried(() => reader.undo(id, 1))).toBe(false);
          backends.verify(fork);
        },
      ),
      runs,
    ));

  it('by two who do not know of each other is never lost', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(edits, { maxLength: 20 }),
        fc.array(edits, { maxLength: 12 }),
        fc.array(edits, { maxLength: 12 }),
        async (first, mine, theirs) => {
          using desk = new Desk();
          const id = await edited(desk, first);
          const { backends } = desk;
          const base = backends.state(id).headHash;
          const seq = backends.state(id).headSeq;
          for (const edit of theirs) await tried(() => edit(backends, id));
          const written = writtenSince(desk, id, seq);
          const between = backends.state(id).headSeq;
          for (const edit of mine) {
            // Each is made against what was there before the other began.
            const { headSeq } = backends.state(id);
            if (headSeq === between) await tried(() => edit(backends, id, base));
          }
          for (const touched of writtenSince(desk, id, between)) expect(written).not.toContain(touched);
          backends.verify(id);
        },
      ),
      { numRuns: 150 },
    ));
});

/** The parameters, edges, slots and so on that a stretch of the log says something about. */
function writtenSince(desk: Desk, id: string, seq: number): string[] {
  return desk.store.backends.operations(id, seq).map(({ type, payload }) => {
    const { value: _value, type: _type, alias, file_id: _file, version_id: _version, ...place } = JSON.parse(payload);
    const isEdge = type === 'connect' || type === 'disconnect';
    const kind = isEdge ? 'edge' : type.replace(/^(add|delete|change|remove)-/, '');
    return JSON.stringify([kind, place, kind === 'vertex' ? (alias ?? '') : '']);
  });
}
