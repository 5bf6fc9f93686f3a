import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Catalog } from '../../../../electron/runtime/catalog/catalog.ts';
import type { BuiltImage, ImageBuilder } from '../../../../electron/runtime/catalog/images/image-builder.ts';
import type { Engine } from '../../../../electron/runtime/engine/engine.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { componentFolder } from '../../../support/components.ts';

const built = { digest: 'sha256:1', ref: 'proofbench/shout:1', sdkVersion: 'js/1' };
const work = { signal: new AbortController().signal, progress: () => undefined };

let home: string;
let store: Store;
let catalog: Catalog;
let source: string;
/** The images that the engine has. */
let loaded: Set<string>;
/** Awaited while an image is checked. */
let whileChecked: () => Promise<void> | void;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-catalog-'));
  source = join(home, 'shout');
  for (const [path, content] of Object.entries(componentFolder({}))) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), content);
  }
  const archive = join(home, 'shout.tar');
  writeFileSync(archive, 'source');
  mkdirSync(join(home, 'components'));
  loaded = new Set();
  whileChecked = () => undefined;
  const images = {
    build: async () => ({ ...built, sourceArchivePath: archive }),
    ensure: async ({ ref }: BuiltImage) => {
      loaded.add(ref);
    },
    check: async ({ ref }: BuiltImage) => {
      await whileChecked();
      if (!loaded.has(ref)) throw new Error(`${ref} is not on the engine`);
    },
  };
  const engine = {
    removeImage: async (ref: string) => {
      loaded.delete(ref);
    },
  };
  store = new Store(join(home, 'workspace'));
  catalog = new Catalog({
    store,
    images: images as unknown as ImageBuilder,
    engine: async () => engine as unknown as Engine,
    componentsDir: join(home, 'components'),
  });
});
afterEach(() => {
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

const discardImage = () => catalog.discardImage(built.digest, built.ref);

it('An image stays while the same source is published again, though its last version went', async () => {
  const first = await catalog.publish(source, null, work);
  catalog.discard(first.id);
  let removed: Promise<boolean> | undefined;
  whileChecked = async () => {
    removed = discardImage();
    await new Promise(resolve => setImmediate(resolve));
  };
  const second = await catalog.publish(source, null, work);
  expect(await removed).toBe(false);
  expect([...loaded]).toEqual([second.image_ref]);
});

it('An image that no version has is removed, before the same source is published again', async () => {
  const first = await catalog.publish(source, null, work);
  catalog.discard(first.id);
  const [removed, second] = await Promise.all([discardImage(), catalog.publish(source, null, work)]);
  expect(removed).toBe(true);
  expect([...loaded]).toEqual([second.image_ref]);
});

it('A publish that fails takes its image with it, and neither that of another nor the next publish', async () => {
  let refusals = 1;
  whileChecked = () => {
    if (refusals-- > 0) throw new Error('it does not parse');
  };
  const [broken, whole] = await Promise.allSettled([
    catalog.publish(source, null, work),
    catalog.publish(source, null, work),
  ]);
  expect([broken.status, whole.status]).toEqual(['rejected', 'fulfilled']);
  expect([...loaded]).toEqual([built.ref]);
});

it('A publish that cannot be recorded leaves neither its image nor its source', async () => {
  const insertVersion = store.components.insertVersion.bind(store.components);
  store.components.insertVersion = () => {
    throw new Error('its lease has ended');
  };
  await expect(catalog.publish(source, null, work)).rejects.toThrow('its lease has ended');
  expect([...loaded]).toEqual([]);
  expect(store.blobs.collect()).toBe(1);
  store.components.insertVersion = insertVersion;
  await catalog.publish(source, null, work);
  expect(store.blobs.collect()).toBe(0);
});
