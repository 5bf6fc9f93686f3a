import type { TarEntry } from './tar-file.ts';

/** Lines every base image has beside what its system brings: uid 1000 is `app`, and the network's names are looked up. */
export const accountFiles = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/app:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
  'etc/group': 'root:x:0:\napp:x:1000:\nnogroup:x:65534:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
} as const;

/** Folders every base image has: the component's own, and the mount points a read-only root cannot grow later. */
export const commonFolders: readonly TarEntry[] = [
  { name: 'app', type: 'directory', mode: 0o755, uid: 1000, gid: 1000 },
  { name: 'etc', type: 'directory', mode: 0o755 },
  { name: 'files', type: 'directory', mode: 0o755, uid: 1000, gid: 1000 },
  { name: 'opt', type: 'directory', mode: 0o755 },
  { name: 'run', type: 'directory', mode: 0o755 },
  { name: 'run/proofbench', type: 'directory', mode: 0o700, uid: 1000, gid: 1000 },
  { name: 'tmp', type: 'directory', mode: 0o1777 },
  { name: 'var', type: 'directory', mode: 0o755 },
  { name: 'var/tmp', type: 'directory', mode: 0o1777 },
];

/** A root file system's entries with ours laid over them, sorted. */
export function withCommonEntries(entries: Iterable<TarEntry>): TarEntry[] {
  const byName = new Map<string, TarEntry>();
  for (const entry of entries) byName.set(entry.name, entry);
  for (const folder of commonFolders) byName.set(folder.name, folder);
  for (const [name, text] of Object.entries(accountFiles)) {
    byName.set(name, { name, type: 'file', mode: 0o644, content: Buffer.from(text) });
  }
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}
