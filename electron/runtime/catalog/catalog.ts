import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { defaultValue } from '../../../shared/types/literal.ts';
import { parseType } from '../../../shared/types/parse.ts';
import type { Engine } from '../engine/engine.ts';
import { labels } from '../engine/labels.ts';
import type { GraphRelease } from '../graph/release.ts';
import type { Component, Version } from '../store/components.ts';
import type { Store } from '../store/store.ts';
import { type ComponentFile, readComponentFile } from './component-file.ts';
import type { BuiltImage, ImageBuilder } from './images/image-builder.ts';

/** Notes an image on the engine that no version has yet, or any more: until it is gone or a version has it. */
const loosePrefix = 'loose_image:';

export interface CatalogOptions {
  store: Store;
  images: ImageBuilder;
  engine: () => Promise<Engine>;
  /** Folder of the built-in components' sources. */
  componentsDir: string;
}

export interface WorkOptions {
  signal: AbortSignal;
  progress: (step: Progress) => void;
  offline?: boolean | undefined;
}

/** Components and their versions. Publishing makes a prerelease; only an explicit promotion releases it (DESIGN §4). */
export class Catalog {
  readonly #options: CatalogOptions;
  readonly #releasing = new Map<string, Promise<Version>>();
  readonly #graphReleases = new Map<string, GraphRelease>();
  /** Ends when what was begun last with an image has ended: none is removed while one who publishes the same counts on it. */
  readonly #imageWork = new Map<string, Promise<unknown>>();

  constructor(options: CatalogOptions) {
    this.#options = options;
    this.#registerHarness();
  }

  list(query: string | undefined): Component[] {
    return this.#options.store.components.list(query);
  }

  /** By id, name or slug. */
  resolve(ref: string): Component {
    const { components } = this.#options.store;
    const found = components.get(ref) ?? components.named(ref);
    if (found === undefined) {
      throw new AppError('not_found', `There is no component ${ref}.`, {
        hint: 'Search for it: ppl component list --query=<part of its name>.',
      });
    }
    return found;
  }

  /** Newest first. A built-in component is released by being asked for. */
  async versions(ref: string, work: WorkOptions): Promise<Version[]> {
    const component = this.resolve(ref);
    if (component.harness === 1) await this.harness(component.name, work);
    return this.#options.store.components.versions(component.id);
  }

  version(id: string): Version {
    const version = this.#options.store.components.version(id);
    if (version === undefined) {
      throw new AppError('not_found', `There is no version ${id}.`, {
        hint: 'See those of a component: ppl component versions <component>.',
      });
    }
    return version;
  }

  definition(version: Version): ComponentFile {
    return JSON.parse(version.definition) as ComponentFile;
  }

  /** A built-in component as its sources declare it, whether it was released yet or not. */
  harnessDefinition(name: string): ComponentFile {
    return readComponentFile(join(this.#options.componentsDir, this.#harnessComponent(name).slug));
  }

  /** What a graph needs to know of a version. */
  graphRelease(id: string): GraphRelease {
    let release = this.#graphReleases.get(id);
    if (release === undefined) {
      const version = this.version(id);
      const component = this.#options.store.components.get(version.component_id) as Component;
      release = graphReleaseOf(version, component.name, this.definition(version));
      this.#graphReleases.set(id, release);
    }
    return release;
  }

  /** What stands between two types may be put between them: the newest release of every component that is not harness. */
  *converters(): Iterable<GraphRelease> {
    const { components } = this.#options.store;
    for (const { id, harness } of components.list(undefined)) {
      const released = harness === 1 ? undefined : components.versions(id).find(({ state }) => state === 'released');
      if (released !== undefined) yield this.graphRelease(released.id);
    }
  }

  /** Builds, checks and records a prerelease of the component in `dir`. */
  async publish(dir: string, leaseId: string | null, work: WorkOptions): Promise<Version> {
    const definition = readComponentFile(dir);
    const existing = this.#options.store.components.named(definition.name);
    if (existing?.harness === 1) {
      throw new AppError('conflict', `${definition.name} is the name of a built-in component.`, {
        hint: 'Choose another `name` in component.yml.',
      });
    }
    for (const warning of definition.warnings) work.progress({ message: `warning: ${warning}` });
    return this.#publish(definition, dir, leaseId, false, work);
  }

  /** Releases the newest prerelease of the component in `dir`, or the one `versionId` names. */
  promote(dir: string, options: { versionId?: string; note?: string | undefined }): Version {
    const { components } = this.#options.store;
    const definition = readComponentFile(dir);
    const component = components.named(definition.name);
    const candidates =
      component === undefined ? [] : components.versions(component.id).filter(version => version.lease_id === null);
    const chosen =
      options.versionId === undefined
        ? candidates.find(version => version.state === 'prerelease')
        : candidates.find(version => version.id === options.versionId);
    if (chosen === undefined) {
      throw new AppError('not_found', `${definition.name} has no prerelease to promote.`, {
        hint: 'Publish one first: ppl component publish. One that a lease owns is discarded with it and cannot be promoted.',
      });
    }
    components.promote(chosen.id, this.definition(chosen).tags, options.note ?? null, Date.now());
    return this.version(chosen.id);
  }

  /** The released version of a built-in component, by its display name or slug; made when it is first needed. */
  async harness(name: string, work: WorkOptions): Promise<Version> {
    const component = this.#harnessComponent(name);
    let releasing = this.#releasing.get(component.id);
    if (releasing === undefined) {
      releasing = this.#releaseHarness(component, work);
      this.#releasing.set(component.id, releasing);
      releasing.catch(() => this.#releasing.delete(component.id));
    }
    return releasing;
  }

  /** Makes sure the engine has a version's image, building it again from its source if it was removed there. */
  async ensureImage(versionId: string, work: WorkOptions): Promise<void> {
    const version = this.version(versionId);
    const engine = await this.#options.engine();
    if ((await engine.findImage(version.image_ref)) !== undefined) return;
    work.progress({ message: `Loading the image of ${versionId}` });
    await this.#options.images.restore(
      {
        archive: this.#options.store.blobs.path(version.source_sha256),
        slug: (this.#options.store.components.get(version.component_id) as Component).slug,
        definition: this.definition(version),
        digest: version.image_digest,
        ref: version.image_ref,
      },
      work,
    );
  }

  /** Removes a version; its image is loose then, if no other has it. Refused while a backend or evidence names it. */
  discard(id: string): void {
    const { store } = this.#options;
    const version = store.components.version(id);
    if (version === undefined) return;
    const users = store.components.backendsPinning(id);
    if (users.length > 0) {
      throw new AppError('in_use', `Version ${id} is pinned by ${users.join(', ')}.`, {
        hint: 'Delete the backend first, or commit the lease.',
      });
    }
    if (store.evidence.isKept('version', id)) {
      throw new AppError('in_use', `Version ${id} is named by evidence and stays until that is deleted.`);
    }
    store.transaction(() => {
      store.components.deleteVersion(id);
      store.components.deleteIfEmpty(version.component_id);
      if (!store.components.isImageUsed(version.image_digest))
        store.settings.set(loosePrefix + version.image_ref, version.image_digest);
    });
  }

  /** Takes an image that no version has from the engine. False when a version has it, or a container of another workspace. */
  async discardImage(digest: string, ref: string): Promise<boolean> {
    const { store } = this.#options;
    return this.#alone(ref, () => {
      if (store.settings.get(loosePrefix + ref) !== undefined) return this.#removeLooseImage(ref);
      return !store.components.isImageUsed(digest);
    });
  }

  #harnessComponent(name: string): Component {
    const component = this.#options.store.components.named(name);
    if (component?.harness === 1) return component;
    const known = this.#options.store.components.list(undefined).filter(each => each.harness === 1);
    throw new AppError('not_found', `There is no harness component "${name}".`, {
      hint: `There are: ${known.map(each => each.name).join(', ')}.`,
    });
  }

  async #publish(
    definition: ComponentFile,
    dir: string,
    leaseId: string | null,
    harness: boolean,
    work: WorkOptions,
  ): Promise<Version> {
    const { store, images } = this.#options;
    const built = await images.build(
      { dir, slug: definition.slug, language: definition.language, entry: definition.entry },
      { signal: work.signal, progress: work.progress, offline: work.offline ?? false },
    );
    return this.#alone(built.ref, async () => {
      if (!store.components.isImageUsed(built.digest)) store.settings.set(loosePrefix + built.ref, built.digest);
      try {
        return await this.#record(built, definition, leaseId, harness, work);
      } catch (error) {
        await this.#removeLooseImage(built.ref).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Removes images that a former host loaded for a version it never recorded, or whose version it deleted. */
  async sweepImages(): Promise<void> {
    for (const ref of this.#options.store.settings.keysAfter(loosePrefix))
      await this.#alone(ref, () => this.#removeLooseImage(ref));
  }

  /** After all that was begun with the image before. */
  async #alone<T>(ref: string, act: () => Promise<T> | T): Promise<T> {
    const result = (this.#imageWork.get(ref) ?? Promise.resolve()).then(act);
    const over = result.catch(() => undefined);
    this.#imageWork.set(ref, over);
    try {
      return await result;
    } finally {
      if (this.#imageWork.get(ref) === over) this.#imageWork.delete(ref);
    }
  }

  /** False when a version has it after all. */
  async #removeLooseImage(ref: string): Promise<boolean> {
    const { store, engine } = this.#options;
    const digest = store.settings.get(loosePrefix + ref);
    if (digest === undefined) return false;
    const isUsed = store.components.isImageUsed(digest);
    try {
      if (!isUsed) await (await engine()).removeImage(ref);
    } catch (error) {
      // A container of another workspace runs it: it stays noted, and the next host tries again.
      if (error instanceof AppError && error.details?.status === 409) return false;
      throw error;
    }
    store.settings.delete(loosePrefix + ref);
    return !isUsed;
  }

  async #record(
    built: BuiltImage,
    definition: ComponentFile,
    leaseId: string | null,
    harness: boolean,
    work: WorkOptions,
  ): Promise<Version> {
    const { store, images } = this.#options;
    await images.ensure(built, work);
    await images.check(built, { ...work, labels: { [labels.workspace]: store.workspaceId } });
    const source = await store.blobs.putFile(built.sourceArchivePath, work.signal);
    const version: Version = {
      id: newId('version'),
      component_id: '',
      state: 'prerelease',
      image_digest: built.digest,
      image_ref: built.ref,
      source_sha256: source.sha256,
      component_yml: definition.text,
      definition: JSON.stringify(definition),
      sdk_version: built.sdkVersion,
      note: null,
      lease_id: leaseId,
      created_at_ms: Date.now(),
      promoted_at_ms: null,
    };
    try {
      store.transaction(() => {
        let component = store.components.named(definition.name);
        if (component === undefined) {
          const id = newId('component');
          store.components.insert({
            id,
            name: definition.name,
            slug: definition.slug,
            harness: harness ? 1 : 0,
            created_at_ms: Date.now(),
          });
          component = store.components.get(id) as Component;
        }
        version.component_id = component.id;
        store.components.insertVersion(version);
        store.settings.delete(loosePrefix + built.ref);
      });
    } finally {
      store.blobs.settled(source.sha256);
    }
    return version;
  }

  /** Its source or the SDK may be newer than what was released last: the digest, known without the engine, tells. */
  async #releaseHarness(component: Component, work: WorkOptions): Promise<Version> {
    const { store, images, componentsDir } = this.#options;
    const dir = join(componentsDir, component.slug);
    const definition = readComponentFile(dir);
    const current = store.components.tagged(component.id, 'latest');
    if (current !== undefined) {
      const built = await images.build(
        { dir, slug: definition.slug, language: definition.language, entry: definition.entry },
        { signal: work.signal, progress: work.progress, offline: work.offline ?? false },
      );
      if (built.digest === current.image_digest) return current;
    }
    work.progress({ message: `Releasing the built-in component ${component.name}` });
    const version = await this.#publish(definition, dir, null, true, work);
    store.components.promote(version.id, definition.tags, null, Date.now());
    return this.version(version.id);
  }

  #registerHarness(): void {
    const { store, componentsDir } = this.#options;
    for (const folder of readdirSync(componentsDir)) {
      const dir = join(componentsDir, folder);
      if (!existsSync(join(dir, 'component.yml'))) continue;
      const definition = readComponentFile(dir);
      if (store.components.named(definition.name) !== undefined) continue;
      store.components.insert({
        id: newId('component'),
        name: definition.name,
        slug: folder,
        harness: 1,
        created_at_ms: Date.now(),
      });
    }
  }
}

function graphReleaseOf(version: Version, component: string, definition: ComponentFile): GraphRelease {
  return {
    version_id: version.id,
    component_id: version.component_id,
    component,
    image_digest: version.image_digest,
    inputs: definition.inputs.map(parseType),
    outputs: definition.outputs.map(parseType),
    parameters: Object.fromEntries(
      Object.entries(definition.parameters).map(([name, parameter]) => {
        const type = parseType(parameter.type);
        return [
          name,
          {
            type,
            secret: parameter.secret,
            mutable: parameter.mutable,
            ...(parameter.default === undefined ? {} : { default: defaultValue(parameter.default, type) }),
          },
        ];
      }),
    ),
    files: Object.fromEntries(
      Object.entries(definition.files ?? {}).map(([slot, { types, is_optional, mutable }]) => [
        slot,
        { types, optional: is_optional, mutable },
      ]),
    ),
    endpoints: definition.http.map(({ endpoint, kind, transports }) => ({ name: endpoint, kind, transports })),
  };
}
