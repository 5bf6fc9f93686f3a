import type { Progress } from '../../../../shared/contract/index.ts';

/** What everything that takes time here is given. */
export interface WorkOptions {
  signal?: AbortSignal | undefined;
  progress?: ((step: Progress) => void) | undefined;
  /** Never try a network; what is not cached is an `offline` error. */
  offline?: boolean | undefined;
}
