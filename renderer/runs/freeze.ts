import type { Progress } from '../../shared/contract/index.ts';
import { host } from '../host/host.ts';
import { nameOf, pictureTypeOf } from './dropped.ts';
import type { FrozenFile } from './run-form.ts';

/** Keeps the bytes of a file as they are now, in the workspace; they can stand in for a fixture. */
export async function freeze(
  path: string,
  options: { signal?: AbortSignal; onProgress?: (step: Progress) => void } = {},
): Promise<FrozenFile> {
  const { file_id, sha256, bytes } = await host.call('file.upload', { path }, options);
  const name = nameOf(path);
  return { file_id, sha256, bytes, name, media_type: pictureTypeOf(name) };
}
