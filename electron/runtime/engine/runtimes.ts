import type { DoctorCheck, RuntimeRow } from '../../../shared/contract/index.ts';
import { formatDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Engine } from './engine.ts';

export const localRuntimeId = 'rt_local';
/** How long a deployment without `--fixed-duration` may live on a runtime (DESIGN §6). */
export const deploymentCeilingMs = 24 * 3600_000;

export interface RuntimesOptions {
  /** The user's Docker as it is now; throws when none is found or it does not answer. */
  connect: () => Promise<Engine>;
  /** The host that the user's Docker is at by now, undefined where none is found; without it, a change goes unnoticed. */
  host?: () => string | undefined;
  doctor: (engine: Engine | AppError) => Promise<DoctorCheck[]>;
}

/** The runtimes of a workspace: for now the one named `local`, which follows the user's Docker (DESIGN §6). */
export class Runtimes {
  readonly #options: RuntimesOptions;
  #engine: Promise<Engine> | undefined;
  /** Where the engine is that is held. */
  #host: string | undefined;

  constructor(options: RuntimesOptions) {
    this.#options = options;
  }

  /** The engine of `local`; looked for again after a failure, and when the user's Docker is another than before. */
  engine(): Promise<Engine> {
    const host = this.#options.host?.();
    if (host !== undefined && host !== this.#host) this.forget();
    if (this.#engine === undefined) {
      const connecting = this.#options.connect();
      this.#engine = connecting;
      this.#host = host;
      connecting.catch(() => {
        if (this.#engine === connecting) this.forget();
      });
    }
    return this.#engine;
  }

  /** The next call looks for the engine anew; who holds the old one goes on with it. */
  forget(): void {
    this.#engine = undefined;
  }

  /** A runtime's id; without a name, the default. Throws `not_found`. */
  resolve(ref: string | undefined): string {
    if (ref === undefined || ref === localRuntimeId || ref === 'local') return localRuntimeId;
    throw new AppError('not_found', `There is no runtime ${ref}.`, {
      hint: 'There is one: local. See: ppl runtime list.',
    });
  }

  async row(): Promise<RuntimeRow> {
    try {
      const engine = await this.engine();
      const info = await engine.info();
      return {
        id: localRuntimeId,
        name: 'local',
        engine: {
          reachable: true,
          host: engine.host,
          source: engine.source,
          version: info.version,
          os: info.os,
          architecture: info.architecture,
          cpus: info.cpus,
          memory_bytes: info.memoryBytes,
        },
        deployment_ceiling: formatDuration(deploymentCeilingMs),
      };
    } catch (error) {
      const unreachable = { version: null, os: null, architecture: null, cpus: null, memory_bytes: null };
      return {
        id: localRuntimeId,
        name: 'local',
        engine: { reachable: false, host: '', source: AppError.from(error).message, ...unreachable },
        deployment_ceiling: formatDuration(deploymentCeilingMs),
      };
    }
  }

  async doctor(): Promise<DoctorCheck[]> {
    const engine = await this.engine().catch((error: unknown) => AppError.from(error));
    return this.#options.doctor(engine);
  }
}
