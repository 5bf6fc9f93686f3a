import type { DeploymentStatus } from '../../../shared/contract/index.ts';

/**
 * The life of a deployment (docs/deployments.txt, Lifecycle; DESIGN §6). It is `running` exactly while every container is: one that
 * restarts takes it back to `deploying`. Failed is terminal, and is `gone` once it was undeployed.
 */
const next: Readonly<Record<DeploymentStatus, readonly DeploymentStatus[]>> = {
  deploying: ['running', 'tearing_down', 'failed'],
  running: ['deploying', 'tearing_down', 'failed'],
  tearing_down: ['gone'],
  failed: ['gone'],
  gone: [],
};

export function mayBecome(from: DeploymentStatus, to: DeploymentStatus): boolean {
  return next[from].includes(to);
}

/** It runs or is coming up. */
export function isUp(status: DeploymentStatus): boolean {
  return status === 'deploying' || status === 'running';
}

/** A backend has at most one deployment in these states, and its topology is locked for as long. */
export function isLive(status: DeploymentStatus): boolean {
  return isUp(status) || status === 'tearing_down';
}
