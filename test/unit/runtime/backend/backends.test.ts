import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { LiveEdit } from '../../../../electron/runtime/backend/backends.ts';
import type { ErrorCode } from '../../../../shared/errors.ts';
import { Desk } from './desk.ts';

const port = (from_vertex: string, to_vertex: string) => ({ from_vertex, from_output: 0, to_vertex, to_input: 0 });

/** A camera, a cutter and a screen in a row. */
function row(desk: Desk): string {
  const { backends } = desk;
  const id = backends.create('row', null);
  backends.addVertex(id, 'ver_camera', 'in');
  backends.addVertex(id, 'ver_cut', 'cut');
  backends.addVertex(id, 'ver_show', 'out');
  backends.connect(id, port('in', 'cut'));
  backends.connect(id, port('cut', 'out'));
  return id;
}

function refusal(code: ErrorCode, message: RegExp, hint = /./) {
  return expect.objectContaining({
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
}

const typesOf = (desk: Desk, id: string, after = 0) =>
  desk.store.backends.operations(id, after).map(({ type }) => type);

describe('a vertex', () => {
  it('goes with all that is attached to it, as one step that is undone as one', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    await desk.file('fil_1', 'onnx');
    await backends.changeParameter(id, 'cut', 'size', '3');
    backends.addFile(id, 'cut', 'weights', 'fil_1');
    const { headSeq } = backends.state(id);
    const hash = backends.graphHash(id);
    backends.deleteVertex(id, 'cut');
    expect(typesOf(desk, id, headSeq)).toEqual([
      'disconnect',
      'disconnect',
      'change-parameter',
      'remove-file',
      'delete-vertex',
    ]);
    expect(desk.store.backends.operations(id, headSeq).map(({ step }) => step)).toEqual(Array(5).fill(headSeq + 1));
    expect(await backends.undo(id, 1)).toMatchObject({ steps: 1, delivered: null, head_seq: headSeq + 10 });
    expect(backends.graphHash(id)).toBe(hash);
    expect(await backends.redo(id, 1)).toMatchObject({ steps: 1 });
    expect([...backends.state(id).graph.vertices.values()].map(({ alias }) => alias)).toEqual(['in', 'out']);
  });

  it('keeps its parameters, files and edges with another version that they fit', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    await backends.changeParameter(id, 'cut', 'size', '3');
    backends.changeVersion(id, 'cut', 'ver_cut2');
    expect(backends.vertex(backends.state(id).graph, 'cut')).toMatchObject({
      version_id: 'ver_cut2',
      params: { size: { type: 'Int32', value: 3 } },
    });
    expect(backends.endpoints(id).map(({ endpoint_name }) => endpoint_name)).toContain('tap');
  });

  it('does not become a version that what is set does not fit, and says all that does not', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    await desk.file('fil_1', 'onnx');
    await backends.changeParameter(id, 'cut', 'size', '3');
    backends.addFile(id, 'cut', 'weights', 'fil_1');
    const before = backends.state(id).headHash;
    let told: { message: string; details?: unknown } | undefined;
    try {
      backends.changeVersion(id, 'cut', 'ver_cut3');
    } catch (error) {
      told = error as { message: string };
    }
    expect(told).toEqual(refusal('conflict', /cannot become cut3/));
    for (const part of [
      'parameter size is set as Int32, and is of type Int64',
      'slot weights has a file of type onnx, and takes gguf',
      'edge cut.0 → out.0 has no port',
      'edge in.0 → cut.0: Image does not fit Tensor',
    ])
      expect(told?.message).toContain(part);
    expect(backends.state(id).headHash).toBe(before);
  });

  it('whose edge alone does not fit names that edge', () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    backends.disconnect(id, port('cut', 'out'));
    expect(() => backends.changeVersion(id, 'cut', 'ver_cut3')).toThrow(
      refusal('type_mismatch', /in\.0 → cut\.0: Image/),
    );
  });
});

describe('a file', () => {
  it('is bound where there is a slot for its type, and stays while a history names it', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    await desk.file('fil_1', 'onnx');
    await desk.file('fil_2', 'text');
    expect(() => backends.addFile(id, 'cut', 'wights', 'fil_1')).toThrow(
      refusal('not_found', /no file slot wights/, /weights/),
    );
    expect(() => backends.addFile(id, 'cut', 'weights', 'fil_2')).toThrow(
      refusal('type_mismatch', /of type text, and slot weights of vertex cut takes weights \| onnx/),
    );
    await backends.changeParameter(id, 'cut', 'size', '3');
    const without = backends.graphHash(id);
    backends.addFile(id, 'cut', 'weights', 'fil_1');
    expect(backends.graphHash(id)).not.toBe(without);
    expect(() => backends.plan(id)).toThrow(refusal('conflict', /not brought into containers/));
    backends.removeFile(id, 'cut', 'weights');
    expect(backends.graphHash(id)).toBe(without);
    expect(desk.store.backends.backendsBinding('fil_1')).toEqual([id]);
    expect(backends.plan(id).vertices).toHaveLength(3);
  });
});

describe('an endpoint', () => {
  it('goes by its own alias, and has the same URL whatever is done to its vertex', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const before = backends.endpoints(id);
    expect(before.map(({ alias }) => alias)).toEqual(['in', 'out']);
    backends.changeEndpointAlias(id, 'in', 'in', 'camera_feed');
    expect(backends.endpoints(id).map(({ alias }) => alias)).toEqual(['camera_feed', 'out']);
    expect(() => backends.changeEndpointAlias(id, 'out', 'out', 'camera_feed')).toThrow(
      refusal('conflict', /Endpoint in of vertex in goes by camera_feed already/),
    );
    backends.deleteVertex(id, 'in');
    expect(backends.endpoints(id)).toHaveLength(1);
    await backends.undo(id, 2);
    expect(backends.endpoints(id)).toEqual(before);
  });

  it('of a fork has a URL of its own', () => {
    using desk = new Desk();
    const id = row(desk);
    const fork = desk.backends.fork(id, { leaseId: null }).backend_id;
    const [mine, its] = [id, fork].map(each => desk.backends.endpoints(each).map(({ token }) => token));
    expect(its).toHaveLength(2);
    expect(its?.some(token => mine?.includes(token))).toBe(false);
  });
});

describe('undo', () => {
  it('has nothing to take back of a backend that was only made, and no more than was done', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = backends.create('new', null);
    await expect(backends.undo(id, 1)).rejects.toThrow(refusal('conflict', /nothing to undo/));
    backends.rename(id, 'two');
    const before = backends.state(id).headHash;
    await expect(backends.undo(id, 2)).rejects.toThrow(refusal('conflict', /is 1 step to undo, not 2/));
    await expect(backends.redo(id, 1)).rejects.toThrow(refusal('conflict', /nothing to redo/));
    expect(backends.state(id).headHash).toBe(before);
  });

  it('says in the log what it takes back, and an edit after it clears what could be redone', async () => {
    using desk = new Desk();
    const { backends, store } = desk;
    const id = backends.create('one', null);
    for (const name of ['two', 'three']) backends.rename(id, name);
    await backends.undo(id, 2);
    await backends.redo(id, 1);
    expect(store.backends.operations(id, 3).map(({ undoes, redoes }) => [undoes, redoes])).toEqual([
      [3, null],
      [2, null],
      [null, 2],
    ]);
    expect(store.backends.get(id)?.name).toBe('two');
    backends.rename(id, 'four');
    await expect(backends.redo(id, 1)).rejects.toThrow(refusal('conflict', /nothing to redo/));
    await desk.reader().undo(id, 2);
    expect(desk.reader().state(id).graph.name).toBe('one');
  });
});

describe('an edit made against an older head', () => {
  it('merges with what was done elsewhere, and is refused where both are about the same', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const base = backends.state(id).headHash;
    await backends.changeParameter(id, 'in', 'fps', '5', undefined, base);
    expect(await backends.changeParameter(id, 'cut', 'size', '3', undefined, base)).toMatchObject({ head_seq: 8 });
    await expect(backends.changeParameter(id, 'in', 'fps', '6', undefined, base)).rejects.toThrow(
      expect.objectContaining({
        code: 'conflict',
        message:
          'Operation 7 (change-parameter) came in between and changed parameter fps of vertex in, which this edit is about.',
        details: expect.objectContaining({ seq: 7 }),
      }),
    );
    expect(() => backends.deleteVertex(id, 'in', base)).toThrow(
      refusal('conflict', /Operation 7/, /ppl backend operations/),
    );
    await expect(backends.undo(id, 1, base)).rejects.toThrow(refusal('conflict', /Operation 8/));
  });

  it('says who took away what it is about', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const base = backends.state(id).headHash;
    backends.deleteVertex(id, 'cut');
    await expect(backends.changeParameter(id, 'cut', 'size', '3', undefined, base)).rejects.toThrow(
      refusal('conflict', /\(delete-vertex\) came in between/),
    );
    await expect(backends.changeParameter(id, 'cut', 'size', '3')).rejects.toThrow(
      refusal('not_found', /no vertex cut/),
    );
  });

  it('is refused where the log has no such head', () => {
    using desk = new Desk();
    const id = row(desk);
    expect(() => desk.backends.rename(id, 'x', 'f'.repeat(64))).toThrow(
      refusal('conflict', /no operation of the hash/),
    );
  });
});

describe('a live backend', () => {
  it('takes its name and mutable parameters, and tells the containers', async () => {
    const pushed: LiveEdit[][] = [];
    using desk = new Desk({
      push: async (_id, edits) => {
        pushed.push(edits);
        return true;
      },
    });
    const { backends } = desk;
    const id = row(desk);
    const vertex_id = backends.vertex(backends.state(id).graph, 'in').id;
    expect(await backends.changeParameter(id, 'in', 'label', '"x"')).toMatchObject({ delivered: null });
    desk.deploy(id);
    expect(backends.rename(id, 'live')).toMatchObject({ head_seq: 8 });
    expect(await backends.changeParameter(id, 'in', 'fps', '5')).toMatchObject({ head_seq: 9, delivered: true });
    expect(await backends.undo(id, 2)).toMatchObject({ steps: 2, delivered: true });
    expect(pushed).toEqual([[{ vertex_id, name: 'fps', value: 5 }], [{ vertex_id, name: 'fps', value: 10 }]]);
    await expect(backends.undo(id, 1)).rejects.toThrow(refusal('topology_locked', /label is not mutable/, /fork/));
  });

  it('refuses everything else with the advice to fork', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    desk.deploy(id);
    const locked = refusal('topology_locked', /is deployed/, new RegExp(`ppl backend fork ${id}`));
    for (const edit of [
      () => backends.addVertex(id, 'ver_show', undefined),
      () => backends.deleteVertex(id, 'cut'),
      () => backends.disconnect(id, port('in', 'cut')),
      () => backends.changeVersion(id, 'cut', 'ver_cut2'),
      () => backends.changeEndpointAlias(id, 'in', 'in', 'front'),
    ])
      expect(edit).toThrow(locked);
    await expect(backends.undo(id, 1)).rejects.toThrow(locked);
    await expect(backends.changeParameter(id, 'in', 'label', '"x"')).rejects.toThrow(locked);
    expect(() => backends.compact(id)).toThrow(refusal('topology_locked', /is deployed/, /undeploy/));
    expect(() => backends.discard(id)).toThrow(refusal('topology_locked', /is deployed/, /undeploy/));
    expect(backends.fork(id, { leaseId: null }).head_seq).toBe(6);
  });
});

describe('a fork', () => {
  it('begins as the graph at a point and says where it comes from', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const at = backends.at(id, 4);
    const { backend_id, forked_from } = backends.fork(id, { seq: 4, leaseId: null });
    expect(forked_from).toEqual({ backend_id: id, seq: 4, hash: at.hash });
    expect(JSON.parse(desk.store.backends.operation(backend_id, 1)?.payload ?? '')).toEqual({
      name: 'row (fork)',
      forked_from,
    });
    expect(backends.graphHash(backend_id)).toBe(backends.graphHash(at.graph));
    await expect(backends.undo(backend_id, 1)).rejects.toThrow(refusal('conflict', /nothing to undo/));
    backends.addVertex(backend_id, 'ver_same', 'more');
    await backends.undo(backend_id, 1);
    backends.compact(backend_id);
    expect(JSON.parse(desk.store.backends.operation(backend_id, 1)?.payload ?? '')).toMatchObject({ forked_from });
    expect(() => backends.at(id, 99)).toThrow(refusal('not_found', /no operation 99/, /1 to 6/));
  });
});

describe('a name', () => {
  it('is text, at most 200 letters, of a fork too', () => {
    using desk = new Desk();
    const { backends } = desk;
    const longest = backends.create('😀'.repeat(100), null);
    const { backend_id } = backends.fork(longest, { leaseId: null });
    expect(backends.state(backend_id).graph.name).toBe(`${'😀'.repeat(96)} (fork)`);
    expect(backends.verify(backend_id)).toMatchObject({ operations: 1 });
    for (const name of ['', '\ud83d', 'x'.repeat(201)]) {
      const refused = refusal('usage', /a name (has|is)/);
      expect(() => backends.create(name, null)).toThrow(refused);
      expect(() => backends.rename(longest, name)).toThrow(refused);
      expect(() => backends.fork(longest, { name, leaseId: null })).toThrow(refused);
    }
  });
});

describe('what a component is given', () => {
  it('is Nothing where that was set, whatever the default is', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const vertex = backends.vertex(backends.state(id).graph, 'in').id;
    await backends.changeParameter(id, 'in', 'limit', 'Nothing');
    expect(backends.config(id).get(vertex)).toEqual({ fps: 10, label: '', key: '', limit: null });
    await backends.changeParameter(id, 'in', 'limit', undefined);
    expect(backends.config(id).get(vertex)).toMatchObject({ limit: 5 });
  });
});

describe('compacting', () => {
  it('leaves the shortest log of the same graph, and nothing to undo', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    for (let size = 0; size < 50; size++) await backends.changeParameter(id, 'cut', 'size', String(size));
    const hash = backends.graphHash(id);
    expect(backends.compact(id)).toMatchObject({ before: 56, after: 7, head_seq: 7 });
    expect(typesOf(desk, id)).toEqual([
      'create',
      ...Array(3).fill('add-vertex'),
      'change-parameter',
      'connect',
      'connect',
    ]);
    expect(desk.reader().verify(id)).toMatchObject({ graph_hash: hash, operations: 7 });
    await expect(backends.undo(id, 1)).rejects.toThrow(refusal('conflict', /nothing to undo/));
  });

  it('stops at what evidence references', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    for (const size of ['1', '2']) await backends.changeParameter(id, 'cut', 'size', size);
    const proven = backends.at(id, 7);
    desk.prove(id, 7);
    for (const size of ['3', '4']) await backends.changeParameter(id, 'cut', 'size', size);
    expect(backends.compact(id)).toMatchObject({ before: 10, after: 8 });
    expect(desk.reader().at(id, 7)).toEqual(proven);
    expect(() => backends.discard(id)).toThrow(expect.objectContaining({ code: 'in_use' }));
  });
});

describe('two graphs', () => {
  it('are compared by alias, across backends too', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const { backend_id } = backends.fork(id, { name: 'row', leaseId: null });
    expect(backends.diff({ id }, { id: backend_id })).toEqual({ same: true, items: [] });
    backends.changeVersion(backend_id, 'cut', 'ver_cut2');
    await backends.changeParameter(backend_id, 'cut', 'size', '3');
    backends.deleteVertex(backend_id, 'out');
    const { same, items } = backends.diff({ id }, { id: backend_id });
    expect(same).toBe(false);
    expect(items.map(({ kind, subject, change }) => `${kind} ${subject} ${change}`)).toEqual([
      'vertex out removed',
      'version cut changed',
      'parameter cut.size added',
      'edge cut.0 → out.0 removed',
    ]);
    expect(items[2]?.after).toEqual({ type: 'Int32', value: 3 });
    expect(backends.diff({ id, seq: 2 }, { id, seq: 3 }).items).toMatchObject([{ kind: 'vertex', subject: 'cut' }]);
  });
});

describe('a long log', () => {
  it('opens from its snapshot, and without it where that is not what was written', async () => {
    using desk = new Desk();
    const { backends, store } = desk;
    const id = row(desk);
    backends.together(() => {
      for (let number = 0; number < 2_500; number++) backends.rename(id, `name ${number}`);
    });
    const { headHash } = backends.state(id);
    const snapshot = store.backends.snapshot(id);
    expect(snapshot).toMatchObject({ seq: 2_000, hash: backends.at(id, 2_000).hash });
    expect(desk.reader().state(id)).toMatchObject({ headHash, graph: backends.state(id).graph });
    expect(desk.reader().at(id, 1_500).graph.name).toBe('name 1493');
    expect(backends.verify(id)).toMatchObject({ operations: 2_506 });
    const graph = snapshot?.graph.replace('name 1993', 'nobody') as string;
    store.backends.putSnapshot({ ...(snapshot as NonNullable<typeof snapshot>), graph });
    expect(desk.reader().state(id)).toMatchObject({ headHash, graph: backends.state(id).graph });
    expect(() => desk.reader().verify(id)).toThrow(
      expect.objectContaining({ code: 'workspace_damaged', details: { seq: 2_000 } }),
    );
  });

  it('that was tampered with is told by the operation that does not follow', () => {
    using desk = new Desk();
    const id = row(desk);
    const sqlite = new Database(join(desk.home, 'workspace.db'));
    sqlite.prepare(`UPDATE operations SET payload = replace(payload, 'cut', 'kut') WHERE seq = 3`).run();
    sqlite.close();
    const damaged = expect.objectContaining({ code: 'workspace_damaged', details: { seq: 3 } });
    expect(() => desk.backends.verify(id)).toThrow(damaged);
    expect(() => desk.reader().state(id)).toThrow(damaged);
  });

  it('is as it was when several edits together fail at the last', () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const before = backends.state(id);
    expect(() =>
      backends.together(() => {
        backends.rename(id, 'two');
        backends.addVertex(id, 'ver_cut', 'cut');
      }),
    ).toThrow(refusal('conflict', /a vertex cut already/));
    expect(backends.state(id)).toMatchObject({ headHash: before.headHash, graph: { name: 'row' } });
    expect(backends.resolve('row').id).toBe(id);
    backends.rename(id, 'three');
    expect(() => backends.resolve('row')).toThrow(refusal('not_found', /no backend row/));
    backends.verify(id);
  });

  it('says of any damage whose log it is, what is wrong and what to do', async () => {
    for (const [change, what] of [
      [`payload = replace(payload, 'ver_cut', 'ver_kut') WHERE seq = 3`, /operation 3 .* its hash does not follow/],
      [`inverse = 'none' WHERE seq = 3`, /operation 3 is not what was written/],
      [`inverse = '{}' WHERE seq = 3`, /operation 3 has an inverse that does not take it back/],
      [`step = 2 WHERE seq = 5`, /operation 5 is of a step that it cannot be of/],
      [`undoes = 2 WHERE seq = 7`, /operation 7 is of a step that it cannot be of/],
      [`hash = 'none' WHERE seq = 4`, /operation 4 /],
    ] as const) {
      using desk = new Desk();
      const id = row(desk);
      await desk.backends.undo(id, 1);
      await desk.backends.redo(id, 1);
      expect(desk.backends.verify(id)).toMatchObject({ operations: 8 });
      const sqlite = new Database(join(desk.home, 'workspace.db'));
      sqlite.prepare(`UPDATE operations SET ${change}`).run();
      sqlite.close();
      expect(() => desk.reader().verify(id)).toThrow(refusal('workspace_damaged', what, /backup/));
      expect(() => desk.reader().verify(id)).toThrow(id);
    }
    using desk = new Desk();
    const id = row(desk);
    const sqlite = new Database(join(desk.home, 'workspace.db'));
    sqlite.prepare('DELETE FROM operations').run();
    sqlite.close();
    expect(() => desk.reader().verify(id)).toThrow(refusal('workspace_damaged', /it has no operation/));
  });

  it('gives no graph of before its snapshot that was tampered with', () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    backends.together(() => {
      for (let number = 0; number < 1_000; number++) backends.rename(id, `name ${number}`);
    });
    const sqlite = new Database(join(desk.home, 'workspace.db'));
    sqlite.prepare(`UPDATE operations SET payload = '{"name":"nobody"}' WHERE seq = 20`).run();
    sqlite.close();
    expect(desk.reader().state(id).headSeq).toBe(1_006);
    expect(() => desk.reader().at(id, 30)).toThrow(refusal('workspace_damaged', /operation 20/));
    expect(() => desk.reader().fork(id, { seq: 30, leaseId: null })).toThrow(refusal('workspace_damaged', /20/));
  });
});

describe('a secret', () => {
  it('is in no graph hash', async () => {
    using desk = new Desk();
    const { backends } = desk;
    const id = row(desk);
    const bare = backends.graphHash(id);
    await backends.changeParameter(id, 'in', 'key', '"sec_1"');
    const hash = backends.graphHash(id);
    expect(hash).not.toBe(bare);
    expect(JSON.stringify(backends.graphJson(id))).not.toContain('sec_1');
    await backends.changeParameter(id, 'in', 'key', '"sec_2"');
    expect(backends.graphHash(id)).toBe(hash);
  });
});
