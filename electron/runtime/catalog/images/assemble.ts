import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { AppError } from '../../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { labels } from '../../engine/labels.ts';
import type { Architecture, BaseImage } from './base-images.ts';
import type { Layer } from './layer.ts';
import type { WorkOptions } from './progress.ts';
import { addEntry } from './tar-file.ts';

/** An image as it will be: its digest is known before the engine is asked. */
export interface AssembledImage {
  /** SHA-256 of the config, `sha256:…`. */
  digest: string;
  configJson: string;
  layers: Layer[];
  /** `proofbench/<slug>:<first 12 of the digest>`; never moves. */
  ref: string;
}

export interface ImageParts {
  slug: string;
  base: BaseImage;
  /** On top of the base's, lowest first. */
  layers: Layer[];
  entrypoint: string[];
  workdir: string;
  env: Record<string, string>;
}

const fixedTime = '1970-01-01T00:00:00Z';
const engineArchitecture: Record<Architecture, string> = { x64: 'amd64', arm64: 'arm64' };

/** Puts layers and a config together. The same parts give the same digest, on any machine and at any time. */
export function assembleImage(parts: ImageParts): AssembledImage {
  const layers = [parts.base.layer, ...parts.layers];
  const env = { ...parts.base.env, ...parts.env };
  const config = {
    architecture: engineArchitecture[parts.base.architecture],
    config: {
      User: '1000:1000',
      Env: Object.keys(env)
        .sort()
        .map(name => `${name}=${env[name]}`),
      Entrypoint: parts.entrypoint,
      WorkingDir: parts.workdir,
      Labels: { [labels.role]: 'image' },
    },
    created: fixedTime,
    history: layers.map(() => ({ created: fixedTime, created_by: 'proofbench' })),
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(layer => layer.diffId) },
  };
  const configJson = JSON.stringify(config);
  const hex = createHash('sha256').update(configJson).digest('hex');
  return { digest: `sha256:${hex}`, configJson, layers, ref: `proofbench/${parts.slug}:${hex.slice(0, 12)}` };
}

/** Makes sure the engine has the image under its tag. Sends only layers the engine lacks, all if it insists. */
export async function ensureImage(engine: Engine, image: AssembledImage, options: WorkOptions = {}): Promise<void> {
  if (await hasImage(engine, image)) return;
  const byId = await engine.findImage(image.digest);
  if (byId) {
    await engine.tagImage(byId.id, image.ref);
    return;
  }
  options.progress?.({ message: `Loading ${image.ref}` });
  const known = await knownLayers(engine, image);
  try {
    await engine.loadImage(imageTar(image, known), options.signal);
  } catch (error) {
    // The containerd image store wants every layer; an engine that is gone or full would only fail again.
    if (known === 0 || AppError.from(error).code !== 'docker_error') throw error;
    await engine.loadImage(imageTar(image, 0), options.signal);
  }
  if (!(await hasImage(engine, image))) {
    throw new AppError('docker_error', `The engine loaded ${image.ref} and made another image of it.`);
  }
}

/** With the containerd image store an image's id is not its config's digest: then the layers tell. */
async function hasImage(engine: Engine, image: AssembledImage): Promise<boolean> {
  const found = await engine.findImage(image.ref);
  if (!found) return false;
  return found.id === image.digest || chain(found.layers) === chain(image.layers.map(layer => layer.diffId));
}

/** How many of the image's lowest layers some image of ours on the engine has in the same order. */
async function knownLayers(engine: Engine, image: AssembledImage): Promise<number> {
  const ours = await engine.listImages({ [labels.role]: 'image' });
  const diffIds = image.layers.map(layer => layer.diffId);
  let most = 0;
  for (const found of await Promise.all(ours.map(each => engine.findImage(each.id)))) {
    const theirs = found?.layers ?? [];
    let same = 0;
    while (same < theirs.length && same < diffIds.length && theirs[same] === diffIds[same]) same++;
    most = Math.max(most, same);
  }
  return most;
}

function chain(diffIds: string[]): string {
  return diffIds.join(' ');
}

/** What `docker load` reads; the first `leaveOut` layers are named in it but not there. */
export function imageTar(image: AssembledImage, leaveOut: number): Readable {
  const archive = pack();
  const name = (layer: Layer) => `${layer.diffId.slice(7)}.tar`;
  const configName = `${image.digest.slice(7)}.json`;
  const manifest = [{ Config: configName, RepoTags: [image.ref], Layers: image.layers.map(name) }];
  const feed = async () => {
    await addEntry(archive, fileEntry(configName, Buffer.from(image.configJson)));
    await addEntry(archive, fileEntry('manifest.json', Buffer.from(JSON.stringify(manifest))));
    const written = new Set<string>();
    for (const layer of image.layers.slice(leaveOut)) {
      if (written.has(layer.diffId)) continue;
      written.add(layer.diffId);
      await addEntry(archive, {
        name: name(layer),
        type: 'file',
        mode: 0o644,
        file: { path: layer.path, size: layer.bytes },
      });
    }
    archive.finalize();
  };
  feed().catch(error => archive.destroy(error as Error));
  return Readable.from(archive);
}

function fileEntry(name: string, content: Buffer) {
  return { name, type: 'file' as const, mode: 0o644, content };
}
