import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backends, type BackendsOptions } from '../../../../electron/runtime/backend/backends.ts';
import type { GraphRelease } from '../../../../electron/runtime/graph/release.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { AppError } from '../../../../shared/errors.ts';
import { parseType } from '../../../../shared/types/parse.ts';
import { lookup, release } from '../graph/graphs.ts';

const int = parseType('Int32');
const weights = { types: ['weights', 'onnx'], optional: true, mutable: false };

/** A camera with an ingress, three cutters of which each has less in common with the first, and a screen with an egress. */
export const releases: GraphRelease[] = [
  {
    ...release('camera', [], ['Image']),
    endpoints: [{ name: 'in', kind: 'ingress', transports: ['http'] }],
    parameters: {
      fps: { type: int, default: 10, secret: false, mutable: true },
      label: { type: parseType('String'), default: '', secret: false, mutable: false },
      key: { type: parseType('String'), default: '', secret: true, mutable: false },
      limit: { type: parseType('Maybe<Int32>'), default: 5, secret: false, mutable: true },
    },
  },
  { ...release('cut', ['Image'], ['[BoundingBox]'], { size: 'Int32' }), files: { weights } },
  {
    ...release('cut2', ['Image'], ['[BoundingBox]'], { size: 'Int32' }),
    files: { weights },
    endpoints: [{ name: 'tap', kind: 'egress', transports: ['ws'] }],
  },
  { ...release('cut3', ['Tensor'], [], { size: 'Int64' }), files: { weights: { ...weights, types: ['gguf'] } } },
  {
    ...release('show', ['[BoundingBox]'], []),
    endpoints: [{ name: 'out', kind: 'egress', transports: ['ws'] }],
  },
  release('same', ['t'], ['t']),
];

/** A workspace in a temporary folder with these releases, and who edits in it. */
export class Desk implements Disposable {
  readonly store: Store;
  readonly home = mkdtempSync(join(tmpdir(), 'proofbench-backends-'));
  readonly backends: Backends;

  constructor(options: Partial<BackendsOptions> = {}) {
    this.store = new Store(this.home);
    this.backends = this.reader(options);
  }

  /** Someone who knows nothing but what is stored. */
  reader(options: Partial<BackendsOptions> = {}): Backends {
    const known = lookup(...releases);
    return new Backends({
      store: this.store,
      catalog: {
        graphRelease: known,
        converters: () => [],
        version: id => ({ id, image_digest: known(id).image_digest, image_ref: id }) as never,
        definition: () => ({ language: 'js' }) as never,
      },
      endpointUrl: token => `http://127.0.0.1/e/${token}/`,
      ...options,
    });
  }

  async file(id: string, type: string): Promise<string> {
    const { sha256 } = await this.store.blobs.putBytes(Buffer.from(id));
    this.store.files.insert({
      id,
      name: id,
      type,
      media_type: 'application/octet-stream',
      sha256,
      readme: '',
      lease_id: null,
      created_at_ms: 1,
    });
    return id;
  }

  /** As a deployment of it begins. */
  deploy(backendId: string): void {
    const deployment = {
      id: `dep_${backendId}`,
      backend_id: backendId,
      runtime_id: 'rt_1',
      status: 'running' as const,
      lease_id: null,
      debug: 0 as const,
      fixed: 0 as const,
      generation: 1,
      plan: '{}',
      network_name: backendId,
      subnet: null,
      error: null,
      expires_at_ms: null,
      created_at_ms: 1,
      ended_at_ms: null,
    };
    this.store.deployments.insert(deployment, []);
  }

  /** As a proof of it at `seq` is recorded. */
  prove(backendId: string, seq: number): void {
    this.store.leases.insert({
      id: 'lse_1',
      label: null,
      runtime_id: 'rt_1',
      session: null,
      caller_pid: null,
      created_at_ms: 1,
      expires_at_ms: 1,
    });
    this.store.runs.insert({
      id: 'run_1',
      kind: 'proof',
      name: 'proof',
      mode: 'proof',
      state: 'done',
      lease_id: 'lse_1',
      keep_lease: 0,
      manifest_path: '',
      manifest: '',
      plan: '{}',
      vertex_count: 0,
      created_at_ms: 1,
    } as never);
    const backend = { backend_id: backendId, operations: { from: 1, to: seq } };
    this.store.evidence.insert({
      id: 'evd_1',
      run_id: 'run_1',
      name: 'proof',
      verdict: 'pass',
      record: JSON.stringify({ unit_under_test: { backend } }),
      bundle: '',
      sha256: '',
      supersedes: null,
      created_at_ms: 1,
    });
    this.store.evidence.keep('evd_1', 'lse_1', { kind: 'backend', id: backendId });
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Whether the edit was made; what was refused is told by an AppError. */
export async function tried(edit: () => unknown): Promise<boolean> {
  try {
    await edit();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code !== 'internal') return false;
    throw error;
  }
}
