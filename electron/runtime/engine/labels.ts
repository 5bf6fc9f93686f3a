/** Labels on everything Proofbench makes on an engine (DESIGN §6). They record creation; SQLite decides. */
export const labels = {
  workspace: 'proofbench.workspace',
  runtime: 'proofbench.runtime',
  deployment: 'proofbench.deployment',
  vertex: 'proofbench.vertex',
  /** Which set of a deployment's containers it is of, from 1. */
  generation: 'proofbench.generation',
  lease: 'proofbench.lease',
  /** What a thing is for where no deployment owns it: `gateway`, `check`, `image`. */
  role: 'proofbench.role',
  /** The image a gateway was started from: one of another version is replaced. */
  image: 'proofbench.image',
} as const;
