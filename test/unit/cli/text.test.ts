import { describe, expect, it } from 'vitest';
import { eventText } from '../../../electron/cli/deployment.ts';
import { diffText, graphText } from '../../../electron/cli/graph-text.ts';
import { operationTable } from '../../../electron/cli/operation-text.ts';
import { facts, tableOf } from '../../../electron/cli/out.ts';
import { statsLines } from '../../../electron/cli/stats-table.ts';
import type { OperationRow } from '../../../shared/contract/index.ts';

const vertex = {
  vertex_id: 'vtx_1',
  alias: 'in',
  version_id: 'ver_1',
  component: 'Input JSON HTTP',
  image_digest: 'sha256:00',
  params: {},
  files: {},
  endpoint_aliases: {},
};
const operation = {
  seq: 1,
  type: 'create',
  payload: { name: 'trial' },
  inverse: {},
  prev_hash: '',
  hash: '',
  at: '2026-11-21T10:00:00Z',
  step: 1,
  undoes: null,
  redoes: null,
} satisfies OperationRow;

describe('on a terminal', () => {
  it('a log is told whole where a terminal does not say how wide it is', () => {
    expect(operationTable([operation], new Map(), 0)).toMatch(/trial$/);
    expect(
      operationTable([operation], new Map(), 20)
        .split('\n')
        .map(line => line.length),
    ).toEqual([20, 20]);
  });

  it('names that would move the cursor or break a line are shown as they are written', () => {
    const name = 'a\nb\u001b[31mred\u009b';
    const shown = String.raw`a\u000ab\u001b[31mred\u009b`;
    expect(tableOf([{ name }], ['name'])).toEqual(['NAME', shown]);
    expect(facts({ backend: name })).toBe(`backend  ${shown}`);
    expect(diffText([{ kind: 'name', subject: 'name', change: 'changed', before: 'x', after: name }])).toBe(
      `~ name  x → ${shown}`,
    );
  });

  it('a graph is told as vertices with what they were given, and edges by alias with their types', () => {
    const text = graphText({
      vertices: [
        vertex,
        {
          ...vertex,
          vertex_id: 'vtx_2',
          alias: 'cut',
          component: 'Shout',
          params: { prefix: { type: 'String', value: '"> "' } },
          files: { weights: 'fil_1' },
          endpoint_aliases: { out: 'answers' },
        },
      ],
      edges: [{ from_vertex: 'vtx_1', from_output: 0, to_vertex: 'vtx_2', to_input: 0, edge_type: '{text: String}' }],
    });
    expect(text.trim().split('\n')).toEqual([
      'ALIAS  COMPONENT        VERSION_ID  VERTEX_ID',
      'in     Input JSON HTTP  ver_1       vtx_1',
      'cut    Shout            ver_1       vtx_2',
      '    prefix: String = "> "',
      '    file weights = fil_1',
      '    endpoint out = answers',
      '',
      'EDGE          TYPE',
      'in.0 → cut.0  {text: String}',
    ]);
  });

  it('differences begin with what happened: + added, - removed, ~ changed', () => {
    expect(
      diffText([
        { kind: 'name', subject: 'name', change: 'changed', before: 'trial', after: 'staging' },
        { kind: 'vertex', subject: 'more', change: 'added', after: { component: 'Shout', version_id: 'ver_1' } },
        {
          kind: 'version',
          subject: 'cut',
          change: 'changed',
          before: { component: 'Shout', version_id: 'ver_1' },
          after: { component: 'Shout', version_id: 'ver_2' },
        },
        { kind: 'edge', subject: 'in.0 → cut.0', change: 'removed', before: { from: 'in' } },
        { kind: 'parameter', subject: 'cut.floor', change: 'changed', before: { value: 0.3 }, after: { value: 0.5 } },
        { kind: 'endpoint_alias', subject: 'out.out', change: 'added', after: 'answers' },
      ]).split('\n'),
    ).toEqual([
      '~ name  trial → staging',
      '+ vertex more  Shout ver_1',
      '~ version cut  Shout ver_1 → Shout ver_2',
      '- edge in.0 → cut.0',
      '~ parameter cut.floor  0.3 → 0.5',
      '+ endpoint alias out.out  answers',
    ]);
  });

  it('operations say which step they take back or do again, and no line is wider than the terminal', () => {
    const table = operationTable(
      [
        operation,
        { ...operation, seq: 2, type: 'rename', step: 2, payload: { name: 'x'.repeat(200) } },
        { ...operation, seq: 3, type: 'rename', step: 3, undoes: 2 },
        { ...operation, seq: 4, type: 'rename', step: 4, redoes: 2 },
      ],
      new Map(),
      80,
    );
    const lines = table.split('\n');
    expect(Math.max(...lines.map(line => line.length))).toBe(80);
    expect(lines[2]).toMatch(/…$/);
    expect(lines[3]).toContain('undo of 2');
    expect(lines[4]).toContain('redo of 2');
  });

  it('operations name vertices by alias, also those that are gone', () => {
    const edge = { from_vertex: 'vtx_1', from_output: 0, to_vertex: 'vtx_2', to_input: 1 };
    const log: [string, OperationRow['payload'], OperationRow['inverse']?][] = [
      ['create', { name: 'copy', forked_from: { backend_id: 'bck_1', seq: 4, hash: '' } }],
      ['connect', edge],
      ['change-parameter', { vertex_id: 'vtx_2', name: 'prefix', type: 'String', value: '> ' }],
      ['change-parameter', { vertex_id: 'vtx_2', name: 'prefix', type: 'String' }],
      ['add-file', { vertex_id: 'vtx_2', key: 'weights', file_id: 'fil_1' }],
      ['change-endpoint-alias', { vertex_id: 'vtx_1', endpoint: 'in', alias: null }],
      [
        'delete-vertex',
        { vertex_id: 'vtx_2' },
        { type: 'add-vertex', payload: { vertex_id: 'vtx_2', alias: 'cut', version_id: 'ver_1' } },
      ],
    ];
    const rows = log.map(([type, payload, inverse], index) => ({
      ...operation,
      seq: index + 1,
      type,
      payload,
      inverse: inverse ?? {},
    }));
    const lines = operationTable(rows, new Map([['vtx_1', 'in']])).split('\n');
    const from = (lines[0] as string).indexOf('WHAT');
    expect(lines.slice(1).map(line => line.slice(from))).toEqual([
      'copy, a fork of bck_1 at 4',
      'in.0 → cut.1',
      'cut.prefix = "> "',
      'cut.prefix to its default',
      'cut.weights = fil_1',
      'in.in to its vertex’s',
      'cut',
    ]);
  });

  it('an event of a deployment is one line', () => {
    const event = { seq: 3, at: '2026-11-21T10:00:00Z', deployment_id: 'dep_1' };
    expect(
      eventText({ ...event, type: 'status', detail: { from: 'deploying', to: 'failed', reason: 'crashed' } }),
    ).toBe('   3  2026-11-21T10:00:00Z  status    deploying → failed reason=crashed');
    expect(
      eventText({
        ...event,
        type: 'container',
        detail: { container_id: 'ctr_1', alias: 'cut', status: 'restarting', exit_code: 137, restarts: 1 },
      }),
    ).toBe('   3  2026-11-21T10:00:00Z  container cut restarting container_id=ctr_1 exit_code=137 restarts=1');
  });

  it('amounts are in units that people read', () => {
    const [, line] = statsLines([
      {
        container_id: 'ctr_1',
        alias: 'cut',
        at: '2026-11-21T10:00:00Z',
        cpu_percent: 12.34,
        memory_bytes: 50 * 2 ** 20,
        memory_limit_bytes: 2 ** 30,
        pids: 7,
        received_bytes: 0,
        sent_bytes: 1536,
      },
    ]);
    expect(line).toBe('ctr_1      cut    12.3 %  50.0 MiB  1.0 GiB  7     0 B       1.5 KiB');
  });
});
