import type { UseNavigateResult } from '@tanstack/react-router';
import { AppError } from '../../shared/errors.ts';
import { host } from '../host/host.ts';
import { bytes, toast, toastError } from '../ui/index.ts';
import { nameOf, resolveDropped } from './dropped.ts';
import { freeze } from './freeze.ts';

/**
 * Does with paths given to the app what they are for, wherever they were dropped: a bundle is verified, a manifest or the folder of a
 * component is opened for a run, and other files are frozen as fixtures. `open` is what the screen of a new run has: fixtures join its
 * manifest and the ones before them; without a manifest that screen asks for one.
 */
export async function openDropped(
  paths: readonly string[],
  navigate: UseNavigateResult<string>,
  open: { manifest?: string; fixture?: string } = {},
): Promise<void> {
  const fixtures: string[] = [];
  for (const path of paths) {
    try {
      const dropped = await resolveDropped(path, checkManifest);
      if (dropped.kind === 'bundle') return void (await navigate({ to: '/bundles', search: { verify: dropped.path } }));
      if (dropped.kind === 'manifest') {
        return void (await navigate({ to: '/runs/new', search: { ...open, manifest: dropped.path } }));
      }
      if (dropped.kind === 'fixture') fixtures.push((await freezeAloud(dropped.path)).file_id);
      else toastError(noManifest(dropped.folder));
    } catch (thrown) {
      toastError(thrown);
    }
  }
  if (fixtures.length === 0) return;
  const before = open.fixture === undefined ? [] : [open.fixture];
  await navigate({ to: '/runs/new', search: { ...open, fixture: [...before, ...fixtures].join(',') } });
}

async function checkManifest(path: string): Promise<AppError | undefined> {
  try {
    await host.call('manifest.check', { manifest: path });
    return undefined;
  } catch (thrown) {
    return AppError.from(thrown);
  }
}

async function freezeAloud(path: string) {
  toast({ kind: 'info', title: `Freezing ${nameOf(path)}` });
  const file = await freeze(path);
  toast({ kind: 'done', title: `${file.name} is frozen`, detail: `${bytes(file.bytes)}, SHA-256 ${file.sha256}` });
  return file;
}

function noManifest(folder: string): AppError {
  return new AppError('file_not_found', `There is no manifest in ${folder}.`, {
    hint: 'A component is run through a proof.yml or a live-test.yml beside its component.yml. Add one, or drop one that lies elsewhere.',
  });
}
