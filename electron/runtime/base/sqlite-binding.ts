/**
 * Where better-sqlite3's native part lies, when its own search does not find it: under an Electron it has no build for
 * (`PROOFBENCH_SQLITE_BINDING`, for development; a packaged app ignores it). Spread into the options of `new Database`.
 */
export function sqliteBinding(): { nativeBinding?: string } {
  const path = process.env.PROOFBENCH_SQLITE_BINDING;
  return path === undefined || process.versions.electron === undefined ? {} : { nativeBinding: path };
}
