import { describe, expect, it } from 'vitest';
import { checkPlacement } from '../../../../electron/runtime/deploy/placement.ts';
import type { DeploymentPlan, PlannedVertex } from '../../../../electron/runtime/deploy/plan.ts';
import type { EngineInfo } from '../../../../electron/runtime/engine/engine.ts';
import { AppError } from '../../../../shared/errors.ts';

const gib = 2 ** 30;
const engine: EngineInfo = {
  id: 'e',
  version: '28',
  apiVersion: '1.50',
  os: 'linux',
  architecture: 'x64',
  cpus: 4,
  memoryBytes: 8 * gib,
  containersRunning: 0,
  hasGpu: false,
  diskFreeBytes: 100 * gib,
};

function planOf(...vertices: Partial<PlannedVertex>[]): DeploymentPlan {
  return {
    backend_id: 'bck',
    head_seq: 1,
    head_hash: '',
    graph_hash: '',
    edges: [],
    vertices: vertices.map((vertex, index) => ({
      vertex_id: `vtx_${index}`,
      alias: `v${index}`,
      container_id: `ctr_${index}`,
      version_id: 'ver',
      image_digest: '',
      image_ref: '',
      language: 'js',
      token: '',
      config: {},
      inputs: [],
      outputs: [],
      endpoints: [],
      memory_bytes: gib,
      cpus: 1,
      ...vertex,
    })),
  };
}

function refusal(plan: DeploymentPlan, info = engine, live: DeploymentPlan[] = []): AppError | undefined {
  try {
    checkPlacement(plan, info, live);
    return undefined;
  } catch (error) {
    return error as AppError;
  }
}

describe('Placement', () => {
  it('takes what fits', () => {
    expect(refusal(planOf({}, {}, {}))).toBeUndefined();
  });

  it('counts the memory that live deployments reserved, and names need and headroom', () => {
    const error = refusal(planOf({ memory_bytes: 3 * gib }), engine, [planOf({ memory_bytes: 6 * gib })]);
    expect(error).toBeInstanceOf(AppError);
    expect(error?.code).toBe('no_nodes_available');
    expect(error?.details).toMatchObject({ need_bytes: 3 * gib, headroom_bytes: 2 * gib });
    expect(error?.message).toContain('3072 MiB');
    expect(error?.message).toContain('2048 MiB');
  });

  it('counts CPUs that were asked for, and none for those that asked for nothing', () => {
    expect(refusal(planOf({}, {}, {}, {}, {}))).toBeUndefined();
    const error = refusal(planOf({ reserved_cpus: 2, cpus: 2 }), engine, [planOf({ reserved_cpus: 3, cpus: 3 })]);
    expect(error?.details).toMatchObject({ need_cpus: 2, headroom_cpus: 1 });
  });

  it('refuses a vertex that is larger than the engine', () => {
    expect(refusal(planOf({ alias: 'big', cpus: 8 }))?.message).toContain('vertex big needs 8 CPUs');
  });

  it('needs a GPU where one is asked for', () => {
    expect(refusal(planOf({ gpus: 1 }))?.details).toMatchObject({ need_gpus: 1, headroom_gpus: 0 });
    expect(refusal(planOf({ gpus: 1 }), { ...engine, hasGpu: true })).toBeUndefined();
  });

  it('refuses when the disk of the engine is full, and does not guess where it cannot be seen', () => {
    expect(refusal(planOf({}), { ...engine, diskFreeBytes: 1024 })?.details).toMatchObject({
      headroom_disk_bytes: 1024,
    });
    expect(refusal(planOf({}), { ...engine, diskFreeBytes: null })).toBeUndefined();
  });

  it('refuses more vertices than a network has addresses', () => {
    const many = planOf(...Array.from({ length: 29 }, () => ({ memory_bytes: 1 })));
    expect(refusal(many)?.details).toMatchObject({ need_addresses: 29, headroom_addresses: 28 });
  });
});
