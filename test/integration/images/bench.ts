import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ImageBuilder } from '../../../electron/runtime/catalog/images/image-builder.ts';
import { connectEngine } from '../../../electron/runtime/engine/connect.ts';
import type { Engine } from '../../../electron/runtime/engine/engine.ts';
import { labels } from '../../../electron/runtime/engine/labels.ts';

/** Base images are dear to make: runs share them. */
export const sharedCache = process.env.PROOFBENCH_CACHE ?? join(tmpdir(), 'proofbench-test-cache');
export const resources = resolve(import.meta.dirname, '../../../resources');

/** A real engine, an image builder, and a label by which all that a suite makes is found and removed at its end. */
export class Bench implements AsyncDisposable {
  readonly engine: Engine;
  readonly builder: ImageBuilder;
  readonly folder: string;
  readonly owned: Record<string, string>;
  readonly #images = new Set<string>();

  private constructor(engine: Engine, folder: string) {
    this.engine = engine;
    this.folder = folder;
    this.owned = { [labels.workspace]: `test-${process.pid}-${Date.now()}` };
    this.builder = new ImageBuilder({ cacheDir: sharedCache, resourcesDir: resources, engine: () => engine });
  }

  static async open(): Promise<Bench> {
    // What another run had checked is checked anew.
    await rm(join(sharedCache, 'checked'), { recursive: true, force: true });
    return new Bench(await connectEngine(process.env), await mkdtemp(join(tmpdir(), 'bench-')));
  }

  /** A component's folder with these files. */
  async component(name: string, files: Record<string, string>): Promise<string> {
    const dir = join(this.folder, name);
    for (const [path, content] of Object.entries({ 'component.yml': `name: ${name}\n`, ...files })) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), content);
    }
    return dir;
  }

  /** An image to remove at the end. */
  own<T extends { ref: string }>(image: T): T {
    this.#images.add(image.ref);
    return image;
  }

  /** What of this suite is still on the engine. */
  async left(): Promise<string[]> {
    const containers = await this.engine.listContainers(this.owned);
    const networks = await this.engine.listNetworks(this.owned);
    const volumes = await this.engine.listVolumes(this.owned);
    return [...containers, ...networks, ...volumes].map(thing => thing.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { id } of await this.engine.listContainers(this.owned)) await this.engine.removeContainer(id);
    for (const { id } of await this.engine.listNetworks(this.owned)) await this.engine.removeNetwork(id);
    for (const { name } of await this.engine.listVolumes(this.owned)) await this.engine.removeVolume(name);
    for (const ref of this.#images) await this.engine.removeImage(ref);
    await rm(this.folder, { recursive: true, force: true });
  }
}
