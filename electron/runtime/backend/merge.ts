import { AppError } from '../../../shared/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { firstOverlap } from '../graph/touches.ts';
import type { Operation } from '../store/backends.ts';
import type { Store } from '../store/store.ts';
import { type OperationLog, operationOf, type Step } from './operation-log.ts';

/**
 * What an edit made against `base` becomes at the head of the log, where nothing that was done in between touches the same.
 * @throws AppError `conflict` naming the operation that came in between, or when `base` is no point of this log.
 */
export function requireMergeable(
  store: Store,
  log: OperationLog,
  id: string,
  base: string | undefined,
  plan: (graph: Graph) => Step[],
): Step[] {
  const { graph, headHash } = log.state(id);
  if (base === undefined || base === headHash) return plan(graph);
  const seq = store.backends.seqOfHash(id, base);
  if (seq === undefined) {
    throw new AppError('conflict', `Backend ${id} has no operation of the hash ${base}.`, {
      hint: `Its log was compacted since, or it is another's. Look at it as it is: ppl backend operations ${id}.`,
    });
  }
  const since = [...store.backends.log(id, seq)].map(row => ({ row, operation: operationOf(row) }));
  const refuseOverlap = (steps: readonly Step[]) => {
    const overlap = firstOverlap(
      since,
      steps.flatMap(step => step.operations),
    );
    if (overlap !== undefined) throw between(id, overlap.between.row, overlap.touched, graph);
  };
  let steps: Step[];
  try {
    steps = plan(graph);
  } catch (error) {
    // What it was about may have gone since.
    refuseOverlap(planned(() => plan(log.at(id, seq).graph)));
    throw error;
  }
  refuseOverlap(steps);
  return steps;
}

function between(id: string, row: Operation, touched: string, graph: Graph): AppError {
  const what = touched.replace(/\bvtx_\w+/g, vertex => graph.vertices.get(vertex)?.alias ?? vertex);
  return new AppError(
    'conflict',
    `Operation ${row.seq} (${row.type}) came in between and changed ${what}, which this edit is about.`,
    {
      hint: `Look at what was done: ppl backend operations ${id}. Then try again with the new head.`,
      details: { seq: row.seq, type: row.type, hash: row.hash },
    },
  );
}

function planned(plan: () => Step[]): Step[] {
  try {
    return plan();
  } catch {
    return [];
  }
}
