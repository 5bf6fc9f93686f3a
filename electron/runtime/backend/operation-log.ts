import { canonicalJson } from '../../../shared/canonical-json.ts';
import { AppError } from '../../../shared/errors.ts';
import { checkOperation } from '../graph/check.ts';
import { emptyGraph, type Graph, GraphBuilder, invertOperation } from '../graph/graph.ts';
import { History, historyOf } from '../graph/history.ts';
import type { Converter } from '../graph/mismatch-hint.ts';
import { follows, type GraphOperation, genesis, type LogPoint, operationHash } from '../graph/operation.ts';
import type { FileLookup, ReleaseLookup } from '../graph/release.ts';
import { readGraph, writeGraph } from '../graph/snapshot.ts';
import { solveGraph } from '../graph/solve.ts';
import { inverseOf, logDamaged, type Operation, payloadOf } from '../store/backends.ts';
import type { Store } from '../store/store.ts';

/** Most commands are one operation. */
const commandPage = 16;

/** How often a log's graph is kept beside it. */
export const snapshotEvery = 1_000;

/** A backend's graph at the head of its log. */
export interface BackendState {
  graph: Graph;
  headSeq: number;
  headHash: string;
}

/** Operations of one command. */
export interface Step {
  operations: readonly GraphOperation[];
  undoes?: number;
  redoes?: number;
  /** Part of what the log begins as: nothing before it is undone any more, nor is it. */
  isBase?: boolean;
}

export interface OperationLogOptions {
  store: Store;
  releases: ReleaseLookup;
  files: FileLookup;
  /** Released components, asked for when two types do not fit. */
  converters: () => Iterable<Converter>;
}

interface Open extends BackendState {
  /** Read when it is first asked for. */
  history?: History;
  snapshotSeq: number;
}

/** The logs of backends and the graphs they lead to. Everything is written within `write`. */
export class OperationLog {
  readonly #options: OperationLogOptions;
  readonly #open = new Map<string, Open>();
  /** Logs that a transaction under way has written to. */
  readonly #written = new Set<string>();
  #depth = 0;

  constructor(options: OperationLogOptions) {
    this.#options = options;
  }

  /** All that `work` writes is durable when this returns, or none of it is. Calls nest. */
  write<T>(work: () => T): T {
    this.#depth += 1;
    try {
      return this.#options.store.transaction(work);
    } catch (error) {
      // What was taken back may be known here already: such a log is read anew.
      for (const id of this.#written) this.#open.delete(id);
      throw error;
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#written.clear();
    }
  }

  /** @throws AppError `workspace_damaged` when the log does not follow from what its graph was kept at. */
  state(id: string): BackendState {
    return this.#opened(id);
  }

  /**
   * The graph at a point of the log, without `seq` its head.
   * @throws AppError `workspace_damaged` when what leads there is not what was written.
   */
  at(id: string, seq?: number): { graph: Graph } & LogPoint {
    const { graph, headSeq, headHash } = this.state(id);
    if (seq === undefined || seq === headSeq) return { graph, seq: headSeq, hash: headHash };
    const { hash } = this.#operation(id, seq, headSeq);
    const { builder, from } = this.#start(id, seq);
    for (const { operation } of this.#entries(id, from, seq)) builder.apply(operation);
    return { graph: builder.graph(), seq, hash };
  }

  history(id: string): History {
    const open = this.#opened(id);
    open.history ??= historyOf(this.#options.store.backends.marks(id));
    return open.history;
  }

  /** The operations of one command. */
  step(id: string, step: number): Operation[] {
    const rows: Operation[] = [];
    for (let after = step - 1; ; after += commandPage) {
      const page = this.#options.store.backends.operations(id, after, commandPage);
      rows.push(...page.filter(row => row.step === step));
      if (page.length < commandPage || page.at(-1)?.step !== step) return rows;
    }
  }

  /**
   * Appends to the head, each operation checked against the graph it lands on. Those of a base, which lead to a graph that was checked
   * before, are checked as a whole.
   */
  append(id: string, step: Step): BackendState {
    if (this.#depth === 0) return this.write(() => this.append(id, step));
    const { store, releases, files, converters } = this.#options;
    const open = { ...this.#opened(id) };
    const isBase = step.isBase === true;
    const mark = { step: isBase ? 1 : open.headSeq + 1, undoes: step.undoes ?? null, redoes: step.redoes ?? null };
    const builder = new GraphBuilder(open.graph);
    for (const operation of step.operations) {
      if (!isBase || operation.type === 'create')
        checkOperation(builder.graph(), operation, releases, files, converters);
      const seq = open.headSeq + 1;
      const row = {
        backend_id: id,
        seq,
        type: operation.type,
        payload: JSON.stringify(operation.payload),
        inverse: JSON.stringify(invertOperation(builder, operation) ?? {}),
        prev_hash: open.headHash,
        hash: operationHash(open.headHash, seq, operation),
        at_ms: Date.now(),
        ...mark,
      };
      this.#written.add(id);
      store.backends.append(row);
      builder.apply(operation);
      open.history?.record(row);
      open.headSeq = seq;
      open.headHash = row.hash;
      if (Math.floor(seq / snapshotEvery) > Math.floor(open.snapshotSeq / snapshotEvery)) {
        store.backends.putSnapshot({ backend_id: id, seq, hash: row.hash, ...writeGraph(builder.graph()) });
        open.snapshotSeq = seq;
      }
    }
    const graph = builder.graph();
    if (isBase) solveGraph(graph, releases);
    if (step.operations.some(({ type }) => type === 'create' || type === 'rename'))
      store.backends.rename(id, graph.name);
    open.graph = graph;
    this.#open.set(id, open);
    return open;
  }

  /** Writes the log anew after `kept`, as what it then begins as. */
  rewrite(id: string, kept: number, operations: readonly GraphOperation[]): BackendState {
    if (this.#depth === 0) return this.write(() => this.rewrite(id, kept, operations));
    this.#written.add(id);
    this.#options.store.backends.truncate(id, kept);
    this.#open.delete(id);
    return this.append(id, { operations, isBase: true });
  }

  /**
   * Reads the whole log and replays it.
   * @throws AppError `workspace_damaged` naming the first operation that does not follow, is not taken back by its inverse or belongs to
   * no command, or the snapshot that is not its graph.
   */
  verify(id: string): BackendState {
    const { store } = this.#options;
    const snapshot = store.backends.snapshot(id);
    const builder = new GraphBuilder();
    const history = new History();
    let point = genesis;
    let step = 1;
    for (const { row, operation } of this.#entries(id, genesis)) {
      const inverse = invertOperation(builder, operation) ?? {};
      if (JSON.stringify(inverse) !== row.inverse && canonicalJson(inverse) !== canonicalJson(inverseOf(row)))
        throw logDamaged(id, row.seq, `operation ${row.seq} has an inverse that does not take it back`);
      if ((row.step !== step && row.step !== 1 && row.step !== row.seq) || !history.mayRecord(row))
        throw logDamaged(id, row.seq, `operation ${row.seq} is of a step that it cannot be of`);
      builder.apply(operation);
      history.record(row);
      point = { seq: row.seq, hash: row.hash };
      step = row.step;
      if (snapshot?.seq !== row.seq) continue;
      if (snapshot.hash !== row.hash || snapshot.graph !== writeGraph(builder.graph()).graph)
        throw logDamaged(id, row.seq, `its snapshot at operation ${row.seq} is not the graph that it leads to`);
    }
    if (point === genesis) throw logDamaged(id, 0, 'it has no operation');
    if (snapshot !== undefined && snapshot.seq > point.seq)
      throw logDamaged(id, point.seq, `it ends at operation ${point.seq}, before its snapshot at ${snapshot.seq}`);
    return { graph: builder.graph(), headSeq: point.seq, headHash: point.hash };
  }

  forget(id: string): void {
    this.#open.delete(id);
  }

  #opened(id: string): Open {
    let open = this.#open.get(id);
    if (open === undefined) {
      open = this.#read(id);
      this.#open.set(id, open);
    }
    return open;
  }

  #read(id: string): Open {
    const { builder, from } = this.#start(id);
    let point = from;
    for (const { row, operation } of this.#entries(id, from)) {
      builder.apply(operation);
      point = { seq: row.seq, hash: row.hash };
    }
    return { graph: builder.graph(), headSeq: point.seq, headHash: point.hash, snapshotSeq: from.seq };
  }

  /** The log from a point on, each operation as it was written. */
  *#entries(id: string, from: LogPoint, upTo?: number): Generator<{ row: Operation; operation: GraphOperation }> {
    let point = from;
    for (const row of this.#options.store.backends.log(id, from.seq, upTo)) {
      const operation = operationOf(row);
      if (!follows({ ...row, operation }, point))
        throw logDamaged(id, row.seq, `operation ${row.seq} is not what was written, its hash does not follow`);
      point = row;
      yield { row, operation };
    }
  }

  /** The snapshot, where it is what was written and of this log and not past `upTo`; else nothing. */
  #start(id: string, upTo = Number.POSITIVE_INFINITY): { builder: GraphBuilder; from: LogPoint } {
    const { backends } = this.#options.store;
    const snapshot = backends.snapshot(id);
    if (snapshot !== undefined && snapshot.seq <= upTo) {
      const { seq, hash } = snapshot;
      const graph = backends.operation(id, seq)?.hash === hash ? readGraph(snapshot) : undefined;
      if (graph !== undefined) return { builder: new GraphBuilder(graph), from: { seq, hash } };
    }
    return { builder: new GraphBuilder(emptyGraph()), from: genesis };
  }

  #operation(id: string, seq: number, headSeq: number): Operation {
    const row = this.#options.store.backends.operation(id, seq);
    if (row !== undefined) return row;
    throw new AppError('not_found', `The log of backend ${id} has no operation ${seq}.`, {
      hint: `It has operations 1 to ${headSeq}.`,
    });
  }
}

export function operationOf(row: Operation): GraphOperation {
  return { type: row.type, payload: payloadOf(row) } as GraphOperation;
}
