import type { WireType } from '../../../shared/types/wire.ts';
import type { Container } from '../store/deployments.ts';

export interface PlannedEndpoint {
  name: string;
  kind: 'ingress' | 'egress';
  transports: string[];
}

/** A vertex as it will run. The token is what its container proves itself to the gateway with. */
export interface PlannedVertex {
  vertex_id: string;
  alias: string;
  container_id: string;
  version_id: string;
  image_digest: string;
  image_ref: string;
  language: 'js' | 'py';
  token: string;
  /** Parameter values as canonical JSON. */
  config: Record<string, unknown>;
  inputs: { type: WireType }[];
  outputs: { type: WireType }[];
  endpoints: PlannedEndpoint[];
  memory_bytes: number;
  /** The most it may use. */
  cpus: number;
  /** What was asked for and is kept free for it; absent where nothing was asked for. */
  reserved_cpus?: number;
  gpus?: number;
}

export interface PlannedEdge {
  id: string;
  from: string;
  from_output: number;
  to: string;
  to_input: number;
}

/** A backend at one point of its log, resolved to what must run: kept with the deployment, so any host can take over. */
export interface DeploymentPlan {
  backend_id: string;
  head_seq: number;
  head_hash: string;
  graph_hash: string;
  vertices: PlannedVertex[];
  edges: PlannedEdge[];
}

/** A new value of a mutable parameter, as canonical JSON. */
export interface ParameterEdit {
  vertex_id: string;
  name: string;
  value: unknown;
}

/** The containers that a plan's vertices will be. */
export function containersOf(plan: DeploymentPlan): Pick<Container, 'id' | 'vertex_id' | 'alias'>[] {
  return plan.vertices.map(({ container_id: id, vertex_id, alias }) => ({ id, vertex_id, alias }));
}

/** What the gateway is told of a plan: `PUT /deployments/<id>`. */
export function gatewayPlanOf(plan: DeploymentPlan, logLevel: 'info' | 'debug') {
  return {
    vertices: plan.vertices.map(({ vertex_id, alias, token, config, inputs, outputs, endpoints }) => ({
      vertex_id,
      alias,
      token,
      config,
      inputs,
      outputs,
      endpoints,
      log_level: logLevel,
    })),
    edges: plan.edges,
  };
}
