import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { SingleFlight } from '../../base/single-flight.ts';
import type { Engine } from '../../engine/engine.ts';
import { hasDebianPackages } from './debian-packages.ts';
import { nodeVersion, withDebianRoot } from './debian-root.ts';
import { type Layer, writeJson } from './layer.ts';
import type { WorkOptions } from './progress.ts';
import { pulledEntries, withNumpy } from './pulled-root.ts';
import { type TarEntry, type TarFile, writeTar } from './tar-file.ts';

export type Language = 'js' | 'py';
export type Architecture = 'x64' | 'arm64';

/** A base image: one layer with a whole root file system, and what is known of it. */
export interface BaseImage {
  language: Language;
  architecture: Architecture;
  layer: Layer;
  env: Record<string, string>;
  /** `3.11`, for a Python. */
  python?: string;
  /** What it was made of, for evidence and `ppl doctor`. */
  madeFrom: string;
}

interface BaseRecord {
  diff_id: string;
  bytes: number;
  env: Record<string, string>;
  python?: string;
  made_from: string;
  created: string;
}

const pulled = { js: 'node:24-bookworm-slim', py: 'python:3.11-slim' } as const;
const pullAnswerMs = 5_000;
const baseEnv = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/tmp', LANG: 'C.UTF-8' };

/** Base images are made once per machine, kept in the cache and used offline from then on. */
export class BaseImages {
  readonly #folder: string;
  readonly #flights = new SingleFlight();

  constructor(cacheDir: string) {
    this.#folder = join(cacheDir, 'base');
  }

  /** The base image if it is in the cache. */
  async cached(language: Language, architecture: Architecture): Promise<BaseImage | undefined> {
    try {
      const record = JSON.parse(await readFile(this.#recordPath(language, architecture), 'utf8')) as BaseRecord;
      const path = this.#tarPath(language, architecture, record.diff_id);
      if ((await stat(path)).size !== record.bytes) return undefined;
      return {
        language,
        architecture,
        layer: { path, diffId: record.diff_id, bytes: record.bytes },
        env: record.env,
        ...(record.python === undefined ? {} : { python: record.python }),
        madeFrom: record.made_from,
      };
    } catch {
      return undefined;
    }
  }

  /** The base image, made now if need be. Two callers at once share the work. */
  async get(language: Language, architecture: Architecture, engine: Engine, options: WorkOptions): Promise<BaseImage> {
    const cached = await this.cached(language, architecture);
    if (cached) return cached;
    if (options.offline) {
      throw new AppError(
        'offline',
        `The base image for ${language} is not in the cache, and --offline forbids to fetch it.`,
        {
          hint: 'Run the same once with the network; everything works offline afterwards.',
          details: { missing: [`base image ${language}-${architecture}`] },
        },
      );
    }
    return this.#flights.run(`${language}-${architecture}`, options.signal, signal =>
      this.#make(language, architecture, engine, { ...options, signal }),
    );
  }

  async #make(
    language: Language,
    architecture: Architecture,
    engine: Engine,
    options: WorkOptions & { signal: AbortSignal },
  ): Promise<BaseImage> {
    options.progress?.({ message: `Preparing the base image for ${language === 'js' ? 'JavaScript' : 'Python'}` });
    await mkdir(this.#folder, { recursive: true });
    const debian = hasDebianPackages(architecture);
    // Debian's Python brings NumPy along; the pulled one would have to be given it.
    if (language === 'py' && debian) return this.#fromDebian(language, architecture, options);
    const image = await engine.pullImage(pulled[language], pullAnswerMs, options.signal);
    if (image) return this.#fromPulled(language, architecture, engine, options);
    if (debian) return this.#fromDebian(language, architecture, options);
    throw new AppError(
      'image_missing',
      `The base image ${pulled[language]} cannot be pulled, and it cannot be made here.`,
      {
        hint: `Connect to the network so that Docker can pull ${pulled[language]}; or use a Debian or Ubuntu machine with apt-get.`,
        details: { missing: [pulled[language]] },
      },
    );
  }

  #fromDebian(language: Language, architecture: Architecture, options: WorkOptions & { signal: AbortSignal }) {
    options.progress?.({ message: "Making it from this machine's Debian packages" });
    return withDebianRoot(language, this.#folder, options.signal, async root => {
      const tar = await this.#write(language, architecture, root.entries, options.signal);
      const madeFrom =
        language === 'js' ? `debian packages, node ${nodeVersion}` : `debian packages, python ${root.python}`;
      return this.#record(language, architecture, tar, madeFrom, root.python);
    });
  }

  async #fromPulled(
    language: Language,
    architecture: Architecture,
    engine: Engine,
    options: WorkOptions & { signal: AbortSignal },
  ): Promise<BaseImage> {
    options.progress?.({ message: `Flattening ${pulled[language]}` });
    const ref = pulled[language];
    const exported = await engine.exportRootFs(ref, options.signal);
    const write = (entries: AsyncIterable<TarEntry>) => this.#write(language, architecture, entries, options.signal);
    const tar =
      language === 'js'
        ? await write(pulledEntries(exported))
        : await withNumpy(architecture, this.#folder, options.signal, numpy => write(pulledEntries(exported, numpy)));
    return this.#record(language, architecture, tar, ref, language === 'py' ? '3.11' : undefined);
  }

  #write(
    language: Language,
    architecture: Architecture,
    entries: Iterable<TarEntry> | AsyncIterable<TarEntry>,
    signal: AbortSignal,
  ): Promise<TarFile> {
    return writeTar(entries, this.#folder, sha256 => this.#tarPath(language, architecture, `sha256:${sha256}`), signal);
  }

  /** Written last: without it the tar is as good as not there. */
  async #record(
    language: Language,
    architecture: Architecture,
    tar: TarFile,
    madeFrom: string,
    python: string | undefined,
  ): Promise<BaseImage> {
    const diffId = `sha256:${tar.sha256}`;
    const extra = python === undefined ? {} : { python };
    const env = { ...baseEnv, ...(language === 'py' ? { PYTHONDONTWRITEBYTECODE: '1' } : {}) };
    const created = new Date().toISOString();
    const record: BaseRecord = { diff_id: diffId, bytes: tar.bytes, env, ...extra, made_from: madeFrom, created };
    await writeJson(this.#recordPath(language, architecture), record);
    return { language, architecture, layer: { path: tar.path, diffId, bytes: tar.bytes }, env, ...extra, madeFrom };
  }

  #recordPath(language: Language, architecture: Architecture): string {
    return join(this.#folder, `${language}-${architecture}.json`);
  }

  /** Named by content, so that two processes making one at once cannot mix one's record with the other's tar. */
  #tarPath(language: Language, architecture: Architecture, diffId: string): string {
    return join(this.#folder, `${language}-${architecture}-${diffId.slice(7, 19)}.tar`);
  }
}
