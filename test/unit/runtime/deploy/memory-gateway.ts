import { PassThrough } from 'node:stream';
import type { Gateway } from '../../../../electron/runtime/deploy/gateway.ts';
import type {
  GatewaySession,
  VertexReport,
  VertexStatus,
} from '../../../../electron/runtime/deploy/gateway-session.ts';
import type { DeploymentPlan } from '../../../../electron/runtime/deploy/plan.ts';

interface Known {
  plan: DeploymentPlan;
  reports: VertexReport[];
  wake: (() => void)[];
}

/** A gateway whose components are ready when the test says so. */
export class MemoryGateway {
  readonly containerId = 'gateway';
  readonly held = new Set<string>();
  readonly known = new Map<string, Known>();
  /** What components were told, in order. */
  readonly edits: { key: string; name: string; value: unknown }[] = [];
  /** Awaited before a tunnel or an edit is answered. */
  onTunnel: () => Promise<void> = async () => undefined;
  onEdit: () => Promise<void> = async () => undefined;

  get gateway(): Gateway {
    return this as unknown as Gateway;
  }

  hold(key: string): void {
    this.held.add(key);
  }

  release(key: string): void {
    this.held.delete(key);
  }

  async session(): Promise<GatewaySession> {
    return this as unknown as GatewaySession;
  }

  readonly isOpen = true;

  async putDeployment(key: string, plan: DeploymentPlan): Promise<void> {
    const reports = this.known.get(key)?.reports ?? [];
    this.known.set(key, { plan: structuredClone(plan), reports, wake: [] });
  }

  async deleteDeployment(key: string): Promise<void> {
    this.known.delete(key);
  }

  /** By the token of its container, as a component does. */
  tell(token: string, status: VertexStatus): void {
    for (const { plan, reports, wake } of this.known.values()) {
      const vertex = plan.vertices.find(each => each.token === token);
      if (vertex === undefined) continue;
      reports.push({ vertex_id: vertex.vertex_id, status });
      for (const resolve of wake.splice(0)) resolve();
    }
  }

  async *reports(key: string, signal: AbortSignal): AsyncGenerator<VertexReport> {
    for (let at = 0; !signal.aborted; ) {
      const known = this.known.get(key);
      if (known === undefined) return;
      const report = known.reports[at];
      if (report !== undefined) {
        at += 1;
        yield report;
        continue;
      }
      await new Promise<void>(resolve => {
        known.wake.push(resolve);
        signal.addEventListener('abort', () => resolve());
      });
    }
  }

  async setConfig(key: string, _vertexId: string, name: string, value: unknown): Promise<'applied'> {
    await this.onEdit();
    this.edits.push({ key, name, value });
    return 'applied';
  }

  async tunnel(): Promise<PassThrough> {
    await this.onTunnel();
    return new PassThrough();
  }
}
