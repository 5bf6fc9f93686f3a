import type { AppError } from '../../shared/errors.ts';

/** What a path given to the app is by its name alone. `component` and `other` need a look at the disk. */
export type PathKind = 'bundle' | 'manifest' | 'component' | 'other';

/** What is to be done with a path. */
export type Dropped =
  | { kind: 'bundle'; path: string }
  | { kind: 'manifest'; path: string }
  | { kind: 'fixture'; path: string }
  /** A component without a manifest beside it. */
  | { kind: 'no_manifest'; folder: string };

/** Looks at a manifest; answers what is wrong with it, if anything is. */
export type CheckManifest = (path: string) => Promise<AppError | undefined>;

const manifestNames = ['proof.yml', 'proof.yaml', 'live-test.yml', 'live-test.yaml'];

/** The name at the end of a path of any system. */
export function nameOf(path: string): string {
  return path.replace(/[/\\]+$/, '').replace(/^.*[/\\]/, '');
}

const pictureTypes: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
};

/** The media type of a picture by the end of its name; null for anything else. */
export function pictureTypeOf(name: string): string | null {
  return pictureTypes[name.toLowerCase().replace(/^.*\./, '')] ?? null;
}

/** The folder a path is in, without the separator at its end unless it is the root. */
export function folderOf(path: string): string {
  const cut = path.replace(/[/\\]+$/, '');
  const at = Math.max(cut.lastIndexOf('/'), cut.lastIndexOf('\\'));
  if (at <= 0) return cut.slice(0, at + 1);
  return /^[A-Za-z]:$/.test(cut.slice(0, at)) ? cut.slice(0, at + 1) : cut.slice(0, at);
}

/** What a path is by its name. */
export function pathKind(path: string): PathKind {
  const name = nameOf(path).toLowerCase();
  if (name.endsWith('.proof')) return 'bundle';
  if (name === 'component.yml' || name === 'component.yaml') return 'component';
  return name.endsWith('.yml') || name.endsWith('.yaml') ? 'manifest' : 'other';
}

/** Where a folder's manifest may be, the likeliest first: a proof says more than a live test. */
export function candidatesIn(folder: string): string[] {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  const base = /[/\\]$/.test(folder) ? folder : folder + separator;
  return manifestNames.map(name => base + name);
}

/** What is to be done with a path. A manifest that is wrong is still one: its screen tells what is wrong. */
export async function resolveDropped(path: string, check: CheckManifest): Promise<Dropped> {
  const kind = pathKind(path);
  if (kind === 'bundle' || kind === 'manifest') return { kind, path };
  const folder = kind === 'component' ? folderOf(path) : path;
  for (const candidate of candidatesIn(folder)) {
    if (!isAbsent(await check(candidate), candidate)) return { kind: 'manifest', path: candidate };
  }
  return kind === 'component' ? { kind: 'no_manifest', folder } : { kind: 'fixture', path };
}

/** `file_not_found` is also said of a fixture that a manifest names; only the manifest itself matters here. */
function isAbsent(error: AppError | undefined, manifest: string): boolean {
  return error?.code === 'file_not_found' && error.details?.path === manifest;
}
