import type { Architecture } from './base-images.ts';

/**
 * Packages that ship binaries for every platform at once, and which of their files are for other platforms. npm's own
 * `os` and `cpu` choose between packages, not within one; left in, these would multiply the size of an image.
 */
const tables: { within: RegExp; keep(match: RegExpExecArray, architecture: Architecture): boolean }[] = [
  {
    // onnxruntime-node: bin/napi-v6/<platform>/<arch>
    within: /(?:^|\/)onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/,
    keep: ([, platform, cpu], architecture) => platform === 'linux' && (cpu === undefined || cpu === architecture),
  },
  {
    // prebuildify: prebuilds/<platform>-<arch>
    within: /\/prebuilds\/([a-z0-9]+)-([^/]+)/,
    keep: ([, platform, cpu], architecture) => platform === 'linux' && cpu!.split('+').includes(architecture),
  },
];

/** Whether a path under node_modules is for another platform than `linux/<architecture>`. */
export function isForOtherPlatform(path: string, architecture: Architecture): boolean {
  return tables.some(table => {
    const match = table.within.exec(path);
    return match !== null && !table.keep(match, architecture);
  });
}
