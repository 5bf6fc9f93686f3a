import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { backendProcedures } from '../../../../electron/runtime/backend/backend-procedures.ts';
import { Files } from '../../../../electron/runtime/file/files.ts';
import { contract, type Input, type Output } from '../../../../shared/contract/index.ts';
import { lookup } from '../graph/graphs.ts';
import { Desk, releases } from './desk.ts';

type Name = keyof ReturnType<typeof backendProcedures>;

/** Calls as a transport does: what is asked and what is answered fit the contract. */
function caller(desk: Desk, backends = desk.backends) {
  const handlers = backendProcedures({
    store: desk.store,
    catalog: { graphRelease: lookup(...releases), converters: () => [] } as never,
    files: new Files(desk.store),
    backends,
    leases: undefined as never,
  });
  return async <N extends Name>(name: N, input: Input<N>): Promise<Output<N>> => {
    const { input: asked, output } = contract[name];
    const handler = handlers[name] as unknown as (input: unknown) => Promise<unknown>;
    const answer = await handler(asked.parse(input));
    // What the contract does not know is left out by it.
    expect(output.parse(answer)).toEqual(answer);
    return answer as Output<N>;
  };
}

describe('the procedures of backends', () => {
  it('answer as the contract says', async () => {
    using desk = new Desk();
    const call = caller(desk);
    await desk.file('fil_1', 'onnx');
    const { backend_id } = await call('backend.create', { name: 'one' });
    const backend = 'one';
    const { vertex_id, alias } = await call('backend.add_vertex', { backend, version: 'ver_camera' });
    expect(alias).toBe('camera');
    await call('backend.add_vertex', { backend, version: 'ver_cut', alias: 'cut' });
    const edge = { from_vertex: vertex_id, from_output: 0, to_vertex: 'cut', to_input: 0 };
    expect(await call('backend.connect', { backend, ...edge })).toMatchObject({ edge_type: 'Image', head_seq: 4 });
    expect(
      await call('backend.change_parameter', { backend, vertex: 'camera', name: 'label', value: '"x"' }),
    ).toMatchObject({ delivered: null, head_seq: 5 });
    await call('backend.add_file', { backend, vertex: 'cut', key: 'weights', file: 'fil_1' });
    await call('backend.change_endpoint_alias', { backend, vertex: 'camera', endpoint: 'in', alias: 'front' });
    expect(await call('backend.forward', { backend })).toMatchObject([
      { endpoint_name: 'in', vertex_id, alias: 'front' },
    ]);

    const shown = await call('backend.show', { backend });
    expect(shown.vertices).toMatchObject([
      { alias: 'camera', params: { label: { type: 'String', value: '"x"' } }, endpoint_aliases: { in: 'front' } },
      { alias: 'cut', files: { weights: 'fil_1' } },
    ]);
    expect(shown.edges).toMatchObject([{ edge_type: 'Image' }]);
    expect(shown.deployment).toBeNull();
    expect(await call('backend.graph', { backend, at: 3 })).toMatchObject({ seq: 3, edges: [] });
    expect(await call('backend.operations', { backend, after: 2, limit: 2 })).toMatchObject({
      count: 7,
      items: [{ seq: 3 }, { seq: 4 }],
    });

    const { forked_from, backend_id: fork } = await call('backend.fork', { backend, at: 6 });
    expect(forked_from).toMatchObject({ backend_id, seq: 6 });
    expect(await call('backend.diff', { backend, to: fork })).toMatchObject({
      same: false,
      items: [{ kind: 'name' }, { kind: 'endpoint_alias', subject: 'camera.in', change: 'removed', before: 'front' }],
    });
    expect(await call('backend.undo', { backend, steps: 2 })).toMatchObject({ steps: 2, head_seq: 9 });
    expect(await call('backend.redo', { backend })).toMatchObject({ steps: 1, head_seq: 10 });
    await call('backend.remove_file', { backend, vertex: 'cut', key: 'weights' });
    await call('backend.change_version', { backend, vertex: 'cut', version: 'ver_cut2' });
    await call('backend.disconnect', { backend, ...edge });
    await call('backend.delete_vertex', { backend, vertex: 'cut' });
    expect(await call('backend.compact', { backend })).toMatchObject({ before: 14, after: 3 });
    expect(await call('backend.verify', { backend })).toMatchObject({ operations: 3 });
    expect(await call('backend.rename', { backend, name: 'two' })).toMatchObject({ backend_id, head_seq: 4 });
    expect((await call('backend.list', {})).items.map(({ name }) => name)).toEqual(['one (fork)', 'two']);
    expect(await call('backend.delete', { backend: 'two' })).toEqual({ backend_id });
  });

  it('list a backend whose log is damaged beside the others, with the reason', async () => {
    using desk = new Desk();
    await caller(desk)('backend.create', { name: 'sound' });
    const { backend_id } = await caller(desk)('backend.create', { name: 'hurt' });
    const sqlite = new Database(join(desk.home, 'workspace.db'));
    sqlite.prepare(`UPDATE operations SET payload = '{"name":"other"}' WHERE backend_id = ?`).run(backend_id);
    sqlite.close();
    const call = caller(desk, desk.reader());
    expect((await call('backend.list', {})).items).toMatchObject([
      { id: backend_id, name: 'hurt', head_seq: 1, graph_hash: '', error: { code: 'workspace_damaged' } },
      { name: 'sound', error: null },
    ]);
    await expect(call('backend.show', { backend: 'hurt' })).rejects.toThrow('damaged');
    expect(await call('backend.delete', { backend: 'hurt' })).toEqual({ backend_id });
  });
});
