import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { SingleFlight } from '../../base/single-flight.ts';
import type { Engine } from '../../engine/engine.ts';
import { type AssembledImage, assembleImage, ensureImage } from './assemble.ts';
import { type Architecture, type BaseImage, BaseImages, type Language } from './base-images.ts';
import { checkImage } from './check.ts';
import { dependencyLayer } from './dependencies.ts';
import { gatewayImage } from './gateway-image.ts';
import { buildLayer, type Layer } from './layer.ts';
import type { WorkOptions } from './progress.ts';
import { scratchFolder, sweepScratch } from './scratch.ts';
import { sourceArchive, sourceLayer } from './source.ts';
import { unpackSource } from './unpack-source.ts';

export interface ImageBuilderOptions {
  /** Base images, dependencies and layers; shared by workspaces. */
  cacheDir: string;
  /** The app's `resources` folder. */
  resourcesDir: string;
  engine: () => Engine | Promise<Engine>;
  /** Never try a network, whatever a call says. */
  offline?: boolean;
}

/** A component's folder, as its `component.yml` describes it. */
export interface ComponentSource {
  dir: string;
  slug: string;
  language: Language;
  /** The main file, relative to the component's folder or to its `src`: `src/main.js` or `main.js`. */
  entry: string;
}

export interface BuiltImage extends AssembledImage {
  language: Language;
  /** Path of the main file in the image. */
  entryPath: string;
  sourceSha256: string;
  sourceArchivePath: string;
  sdkVersion: string;
}

/** A version whose image is gone from the engine, to be made again from its source archive. */
export interface ImageToRestore {
  archive: string;
  slug: string;
  definition: { language: Language; entry: string };
  digest: string;
  ref: string;
}

/** PID 1 of every component: `resources/images/base/init`. */
const init = ['/bin/sh', '/opt/proofbench/init'];

const componentPaths = {
  // A component without "type" in a package.json is told by its syntax; Node would warn about that on every start.
  js: { command: ['node', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'], env: {} },
  py: { command: ['python3', '-u'], env: { PYTHONPATH: '/opt/pipelogic:/app/deps' } },
} as const;

/** Makes images out of components: the one door to this folder. */
export class ImageBuilder {
  readonly #options: ImageBuilderOptions;
  readonly #bases: BaseImages;
  readonly #flights = new SingleFlight();
  #architecture: Architecture | undefined;

  constructor(options: ImageBuilderOptions) {
    this.#options = options;
    this.#bases = new BaseImages(options.cacheDir);
  }

  /** Layers, digest and source archive of a component. The engine is asked for nothing but its platform. */
  async build(component: ComponentSource, work: WorkOptions = {}): Promise<BuiltImage> {
    const { cacheDir } = this.#options;
    const { dir, slug, language } = component;
    const options = this.#with(work);
    const base = await this.#base(language, options);
    const [sdk, checks, dependencies, source, archive, sdkVersion] = await Promise.all([
      this.#sdkLayer(language, options),
      buildLayer(cacheDir, [{ from: join(this.#options.resourcesDir, 'images', 'base'), to: 'opt/proofbench' }]),
      dependencyLayer(dir, base, cacheDir, this.#flights, options),
      sourceLayer(dir, cacheDir, options.signal),
      sourceArchive(dir, cacheDir, options.signal),
      this.#sdkVersion(language),
    ]);
    const { command, env } = componentPaths[language];
    const entryPath = `/app/src/${component.entry.replace(/^(\.\/)?src\//, '')}`;
    const image = assembleImage({
      slug,
      base,
      layers: [checks, sdk, ...(dependencies ? [dependencies] : []), source],
      entrypoint: [...init, ...command, entryPath],
      workdir: '/app',
      env,
    });
    return { ...image, language, entryPath, sourceSha256: archive.sha256, sourceArchivePath: archive.path, sdkVersion };
  }

  /** Makes sure the engine has it. */
  async ensure(image: AssembledImage, work: WorkOptions = {}): Promise<void> {
    const options = this.#with(work);
    const engine = await this.#options.engine();
    await this.#flights.run(image.digest, options.signal, signal => ensureImage(engine, image, { ...options, signal }));
  }

  /** Removes what hosts that are gone had begun to write into the cache. */
  sweep(): Promise<void> {
    return sweepScratch(this.#options.cacheDir);
  }

  /**
   * Throws `build_failed`, with the check's own words, if it does not parse or its imports do not resolve. An image that passed is
   * remembered in the cache: what it holds does not change.
   */
  async check(image: BuiltImage, work: WorkOptions & { labels?: Record<string, string> } = {}): Promise<void> {
    const folder = join(this.#options.cacheDir, 'checked');
    const passed = join(folder, image.digest.replace('sha256:', ''));
    if (existsSync(passed)) return;
    await checkImage(await this.#options.engine(), image, work.labels ?? {}, this.#with(work));
    await mkdir(folder, { recursive: true });
    await writeFile(passed, '');
  }

  /** Brings a version's image back, byte for byte; `image_missing` if that needs an SDK or base that is no longer here. */
  async restore(wanted: ImageToRestore, work: WorkOptions = {}): Promise<void> {
    const dir = await scratchFolder(join(this.#options.cacheDir, 'work'), 'restore');
    try {
      await unpackSource(wanted.archive, dir);
      const built = await this.build({ dir, slug: wanted.slug, ...pick(wanted.definition) }, work);
      if (built.digest !== wanted.digest) {
        throw new AppError(
          'image_missing',
          `The image ${wanted.ref} is gone, and its source now makes another image.`,
          {
            hint: 'The SDK or the base image has changed since. Publish the component again.',
            details: { wanted: wanted.digest, made: built.digest },
          },
        );
      }
      await this.ensure(built, work);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  /** The gateway's image, on the engine. */
  async gateway(work: WorkOptions = {}): Promise<AssembledImage> {
    const options = this.#with(work);
    const base = await this.#base('js', options);
    const image = await gatewayImage(base, this.#options.resourcesDir, this.#options.cacheDir, options.signal);
    await this.ensure(image, options);
    return image;
  }

  /** A base image by itself, on the engine. Images on top of it then load without it. */
  async base(language: Language, work: WorkOptions = {}): Promise<AssembledImage> {
    const options = this.#with(work);
    const base = await this.#base(language, options);
    const entrypoint = language === 'js' ? ['node'] : ['python3'];
    const image = assembleImage({ slug: `base-${language}`, base, layers: [], entrypoint, workdir: '/app', env: {} });
    await this.ensure(image, options);
    return image;
  }

  /** All that these components and the gateway would need a network for; empty if `--offline` will do. */
  async preflight(components: ComponentSource[], signal?: AbortSignal): Promise<string[]> {
    const missing = new Set<string>();
    const offline = { offline: true, signal };
    const attempts = [this.#base('js', offline), ...components.map(component => this.build(component, offline))];
    for (const attempt of await Promise.allSettled(attempts)) {
      if (attempt.status === 'fulfilled') continue;
      const error = AppError.from(attempt.reason);
      if (error.code !== 'offline') throw error;
      for (const name of (error.details?.missing ?? []) as string[]) missing.add(name);
    }
    return [...missing];
  }

  /** Which base images are ready for use offline. */
  async baseImages(): Promise<{ name: Language; cached: boolean; madeFrom?: string }[]> {
    const architecture = await this.#engineArchitecture();
    return Promise.all(
      (['js', 'py'] as const).map(async name => {
        const found = await this.#bases.cached(name, architecture);
        return { name, cached: found !== undefined, ...(found ? { madeFrom: found.madeFrom } : {}) };
      }),
    );
  }

  async #base(language: Language, options: WorkOptions): Promise<BaseImage> {
    const engine = await this.#options.engine();
    return this.#bases.get(language, await this.#engineArchitecture(), engine, options);
  }

  async #engineArchitecture(): Promise<Architecture> {
    this.#architecture ??= (await (await this.#options.engine()).info()).architecture;
    return this.#architecture;
  }

  async #sdkLayer(language: Language, options: WorkOptions): Promise<Layer> {
    const { cacheDir, resourcesDir } = this.#options;
    const signal = options.signal ? { signal: options.signal } : {};
    if (language === 'py') {
      const from = join(resourcesDir, 'sdk', 'python', 'pipelogic');
      const skip = (path: string) => path.includes('__pycache__');
      return buildLayer(cacheDir, [{ from, to: 'opt/pipelogic/pipelogic', skip }], signal);
    }
    const ws = dirname(createRequire(import.meta.url).resolve('ws/package.json'));
    const sdk = { from: join(resourcesDir, 'sdk', 'js'), to: 'app/node_modules/pipelogic', skip: isModules };
    return buildLayer(cacheDir, [sdk, { from: ws, to: 'app/node_modules/pipelogic/node_modules/ws' }], signal);
  }

  async #sdkVersion(language: Language): Promise<string> {
    const sdk = join(this.#options.resourcesDir, 'sdk');
    if (language === 'js') {
      const manifest = JSON.parse(await readFile(join(sdk, 'js', 'package.json'), 'utf8')) as { version: string };
      return `js/${manifest.version}`;
    }
    const module = await readFile(join(sdk, 'python', 'pipelogic', '__init__.py'), 'utf8');
    return `py/${/__version__ = ['"]([^'"]+)/.exec(module)?.[1] ?? '0'}`;
  }

  #with(work: WorkOptions): WorkOptions {
    return this.#options.offline ? { ...work, offline: true } : work;
  }
}

function pick({ language, entry }: ImageToRestore['definition']): { language: Language; entry: string } {
  return { language, entry };
}

function isModules(path: string): boolean {
  return path === 'node_modules';
}
