import { join } from 'node:path';
import { type AssembledImage, assembleImage } from './assemble.ts';
import type { BaseImage } from './base-images.ts';
import { buildLayer } from './layer.ts';

/** The image of the gateway: the JavaScript base and `resources/images/gateway`. */
export async function gatewayImage(
  base: BaseImage,
  resourcesDir: string,
  cacheDir: string,
  signal?: AbortSignal,
): Promise<AssembledImage> {
  const from = join(resourcesDir, 'images', 'gateway');
  const layer = await buildLayer(cacheDir, [{ from, to: 'opt/gateway' }], signal ? { signal } : {});
  const entrypoint = ['node', '/opt/gateway/main.js'];
  return assembleImage({ slug: 'gateway', base, layers: [layer], entrypoint, workdir: '/opt/gateway', env: {} });
}
